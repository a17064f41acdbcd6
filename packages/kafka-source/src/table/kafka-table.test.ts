import { defineSchema, instant } from '@tickets/core'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { kafkaTable } from './kafka-table.ts'

const Plan = defineSchema(z.object({ client_id: z.string(), plan: z.string(), since: instant() }), { name: 'plan', time: 'since' })
const options = { schema: Plan, brokers: ['localhost:9092'], topic: 'plans', key: 'client_id' } as const

describe('kafkaTable', () => {
  test('is keyed by its key, reads the same partition, and needs no group', () => {
    const table = kafkaTable(options)
    expect(table).toMatchObject({ key: 'client_id', partitions: 'same', deleted: 'deleted', idleTimeout: null })
    expect(table.source).toMatchObject({ name: 'kafka:plans', keyedBy: ['client_id'], until: 'never' })
    expect(table.source.schema.fields.map(({ name }) => name)).toEqual(['client_id', 'plan', 'since', 'deleted'])
    expect(kafkaTable({ ...options, partitions: 'all', idleTimeout: '5s' })).toMatchObject({ partitions: 'all', idleTimeout: 5000 })
  })

  test('refuses a key that is no column, another envelope, and no topic', () => {
    const refused = expect.objectContaining({ code: 'OPTION_INVALID' })
    expect(() => kafkaTable({ ...options, key: 'id' as 'client_id' })).toThrow('the key of a table is a column with single values of plan')
    expect(() => kafkaTable({ ...options, envelope: 'maxwell' as 'debezium' })).toThrow(refused)
    expect(() => kafkaTable({ ...options, topic: '' })).toThrow(refused)
    expect(() => kafkaTable({ ...options, brokers: [] })).toThrow(refused)
  })
})
