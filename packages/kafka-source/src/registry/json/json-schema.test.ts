import { Ticket } from '@tickets/core'
import { describe, expect, test } from 'vitest'
import { sharedRegistry } from '../../../../../test/registry/shared.ts'
import { ticket, unique } from '../../../test/helpers.ts'
import { fetchedOf, framed, otherProducer } from '../other-producer.fixture.ts'
import { jsonSchema } from './json-schema.ts'

const registry = await sharedRegistry('JSON Schema')
const { signal } = new AbortController()

describe.skipIf(!registry)('jsonSchema', () => {
  const url = registry ?? 'http://localhost'
  const { register, allow } = otherProducer(url)

  test('reads what it writes, and rejects what is no JSON', async () => {
    const topic = unique('t')
    const write = await jsonSchema({ registry: url }).writer({ schema: Ticket, topic, retryFor: 0 })
    const value = write(ticket(0))
    expect(JSON.parse(Buffer.from(value.subarray(5)).toString())).toMatchObject({ ticket_id: ticket(0).ticket_id })
    const fetched = fetchedOf([value, value.slice(0, -1), write(ticket(1))])
    const reader = jsonSchema({ registry: url }).reader({ schema: Ticket, topics: [topic], retryFor: 0 })
    await reader.check()
    expect(await reader.prepare(fetched, signal)).toBe(null)
    const { batch, rejected } = await reader.decode(fetched, {}, null)
    expect([...batch]).toEqual([ticket(0), ticket(1)])
    expect(rejected).toMatchObject([{ offset: 1, reason: expect.stringContaining('not JSON'), value: value.slice(0, -1) }])
  })

  test('is compared by a registry that demands it', async () => {
    const topic = unique('t')
    await register(
      `${topic}-value`,
      { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object', properties: { priority: { type: 'integer' } } },
      'JSON',
    )
    await allow(`${topic}-value`, 'BACKWARD')
    await expect(jsonSchema({ registry: url }).writer({ schema: Ticket, topic, retryFor: 0 })).rejects.toMatchObject({ code: 'SCHEMA_MISMATCH' })
  })

  test('refuses the schema of a producer whose values cannot be rows', async () => {
    const topic = unique('t')
    const id = await register(`${topic}-value`, { type: 'object', properties: { priority: { type: 'integer' } } }, 'JSON')
    const reader = jsonSchema({ registry: url }).reader({ schema: Ticket, topics: [topic], retryFor: 0 })
    await expect(reader.check()).rejects.toThrow('priority is of type integer in messages, and enum here')
    expect(await reader.prepare(fetchedOf([framed(id, Buffer.from('{}'))]), signal)).toMatchObject({ at: 0 })
  })
})
