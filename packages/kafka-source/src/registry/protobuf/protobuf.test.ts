import { Ticket } from '@tickets/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sharedRegistry } from '../../../../../test/registry/shared.ts'
import { ticket, unique } from '../../../test/helpers.ts'
import { fetchedOf, framed, otherProducer } from '../other-producer.fixture.ts'
import { protobuf } from './protobuf.ts'

const registry = await sharedRegistry('Protobuf')
const { signal } = new AbortController()

describe.skipIf(!registry)('protobuf', () => {
  const url = registry ?? 'http://localhost'
  const { register } = otherProducer(url)
  const readerOf = (topic: string) => protobuf({ registry: url }).reader({ schema: Ticket, topics: [topic], retryFor: 0 })

  test('reads what it writes', async () => {
    const topic = unique('t')
    const write = await protobuf({ registry: url }).writer({ schema: Ticket, topic, retryFor: 0 })
    const rows = [0, 1, 2].map(ticket)
    const fetched = fetchedOf(rows.map(write))
    const reader = readerOf(topic)
    await reader.check()
    expect(await reader.prepare(fetched, signal)).toBe(null)
    const { batch, rejected } = await reader.decode(fetched, {}, null)
    expect(rejected).toEqual([])
    expect([...batch]).toEqual(rows)
  })

  test('rejects damaged values with a reason, and never throws another error', async () => {
    const topic = unique('t')
    const write = await protobuf({ registry: url }).writer({ schema: Ticket, topic, retryFor: 0 })
    const good = write(ticket(1))
    const reader = readerOf(topic)
    await reader.prepare(fetchedOf([good]), signal)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(good.length - 6), fc.nat(255)), { minLength: 1, maxLength: 4 }), fc.nat(20), async (changes, cut) => {
        const bytes = good.slice(0, good.length - cut)
        for (const [at, byte] of changes) if (at + 5 < bytes.length) bytes[at + 5] = byte
        const fetched = fetchedOf([bytes])
        expect(await reader.prepare(fetched, signal)).toBe(null)
        const { batch, rejected } = await reader.decode(fetched, {}, null)
        expect(batch.length + rejected.length).toBe(1)
        if (rejected[0]) expect(Buffer.from(rejected[0].value ?? [])).toEqual(Buffer.from(bytes))
      }),
      { numRuns: 300 },
    )
  })

  test('reads the message that a value names, and stops before one that does not fit', async () => {
    const topic = unique('t')
    const text = `syntax = "proto3"; message Other { bool x = 1; message Ticket { string ticket_id = 1; string client_id = 2; string created_at = 3;
      string request = 4; string request_type = 5; string priority = 6; } }`
    const id = await register(`${topic}-value`, text, 'PROTOBUF')
    const { ticket_id, client_id, created_at, request, request_type, priority } = ticket(3)
    const texts = [ticket_id, client_id, created_at.toISOString(), request, request_type, priority]
    const body = Buffer.concat(texts.flatMap((one, i) => [Buffer.of(((i + 1) << 3) | 2, one.length), Buffer.from(one)]))
    const nested = framed(id, Buffer.concat([Buffer.of(4, 0, 0), body]))
    const reader = readerOf(topic)
    const fetched = fetchedOf([nested, framed(id, Buffer.of(0, 8, 1))])
    expect(await reader.prepare(fetched, signal)).toMatchObject({
      at: 1,
      error: { code: 'SCHEMA_MISMATCH', message: expect.stringContaining('ticket_id is required here') },
    })
    const { batch } = await reader.decode({ ...fetched, length: 1 }, {}, null)
    expect([...batch]).toEqual([ticket(3)])
    const unknown = fetchedOf([framed(id, Buffer.of(2, 10))])
    expect(await reader.prepare(unknown, signal)).toBe(null)
    expect((await reader.decode(unknown, {}, null)).rejected).toMatchObject([
      { reason: expect.stringContaining('message 5 of its schema, which is not there') },
    ])
  })
})
