import { defineSchema, instant, Ticket, ticketSchema } from '@tickets/core'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { sharedRegistry } from '../../../../test/registry/shared.ts'
import { ticket, unique } from '../../test/helpers.ts'
import { avro } from './avro/avro.ts'
import { fetchedOf, otherProducer } from './other-producer.fixture.ts'

const registry = await sharedRegistry('formats of a schema registry')
const { signal } = new AbortController()

describe.skipIf(!registry)('formats of a schema registry', () => {
  const url = registry ?? 'http://localhost'
  const { client, register, allow } = otherProducer(url)
  const writerOf = (topic: string, more: Partial<Parameters<typeof avro>[0]> = {}) =>
    avro({ registry: url, ...more }).writer({ schema: Ticket, topic, retryFor: 0 })

  test('what is written is read as the rows that it was', async () => {
    const topic = unique('t')
    const write = await writerOf(topic)
    const rows = [0, 1, 2].map(ticket)
    const fetched = fetchedOf(rows.map(write))
    const reader = avro({ registry: url }).reader({ schema: Ticket, topics: [topic], retryFor: 0 })
    await reader.check()
    expect(await reader.prepare(fetched, signal)).toBe(null)
    const { batch, rejected } = await reader.decode(fetched, {}, null)
    expect([...batch]).toEqual(rows)
    expect(rejected).toEqual([])
    expect(await client.version(`${topic}-value`, 'latest', { retryFor: 0 })).toMatchObject({ schemaType: 'AVRO' })
  })

  test('whole numbers up to 2^53 are written exactly', async () => {
    const topic = unique('t')
    const [schema, format] = [defineSchema(z.object({ at: instant(), n: z.int() }), { name: 'number', time: 'at' }), avro({ registry: url })]
    const rows = [2 ** 53 - 1, 2 ** 52 + 1, -(2 ** 52) - 1, -(2 ** 53) + 1, 0].map((n) => ({ at: new Date(0), n }))
    const fetched = fetchedOf(rows.map(await format.writer({ schema, topic, retryFor: 0 })))
    const reader = format.reader({ schema, topics: [topic], retryFor: 0 })
    await reader.prepare(fetched, signal)
    expect([...(await reader.decode(fetched, {}, null)).batch]).toEqual(rows)
  })

  test('a schema that the subject does not allow is refused, with the answer of the registry', async () => {
    const topic = unique('t')
    await register(`${topic}-value`, { type: 'record', name: 'ticket', fields: [{ name: 'ticket_id', type: 'int' }] })
    await allow(`${topic}-value`, 'BACKWARD')
    await expect(writerOf(topic)).rejects.toMatchObject({
      code: 'SCHEMA_MISMATCH',
      message: expect.stringMatching(/^rows of ticket cannot be written under subject "t-\w+-value": .*Incompatible/),
    })
  })

  test('with `register: false` the schema has to be there', async () => {
    const topic = unique('t')
    await expect(writerOf(topic, { register: false })).rejects.toMatchObject({
      code: 'SCHEMA_MISMATCH',
      message: expect.stringContaining('`register` is false'),
    })
    await writerOf(topic)
    await expect(writerOf(topic, { register: false })).resolves.toBeTypeOf('function')
  })

  test('the subject is the one that is given', async () => {
    const subject = unique('subject')
    await writerOf('t', { subject })
    expect(await client.version(subject, 'latest', { retryFor: 0 })).not.toBe(null)
    expect(ticketSchema().name).toBe('ticket')
  })
})
