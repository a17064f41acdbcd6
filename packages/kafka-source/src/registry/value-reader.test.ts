import { decimal, defineSchema, instant, json, type Schema, Ticket } from '@tickets/core'

import { describe, expect, test } from 'vitest'
import * as z from 'zod'

import { sharedRegistry } from '../../../../test/registry/shared.ts'
import { ticket, unique } from '../../test/helpers.ts'
import { avro } from './avro/avro.ts'
import { encoded } from './avro/types.fixture.ts'
import { fetchedOf, framed, otherProducer } from './other-producer.fixture.ts'

const registry = await sharedRegistry('values of a schema registry')
const { signal } = new AbortController()

const fields = [
  { name: 'ticket_id', type: { type: 'string', logicalType: 'uuid' } },
  { name: 'client_id', type: 'string' },
  { name: 'created_at', type: { type: 'long', logicalType: 'timestamp-millis' } },
  { name: 'request', type: 'string' },
  { name: 'request_type', type: 'string' },
  { name: 'priority', type: 'string' },
]
const record = (all: readonly object[] = fields) => ({ type: 'record', name: 'Ticket', fields: all })
const value = (i: number, more: object = {}) => ({ ...ticket(i), created_at: ticket(i).created_at.getTime(), ...more })

describe.skipIf(!registry)('values of a schema registry', () => {
  const url = registry ?? 'http://localhost'
  const { register } = otherProducer(url)
  const readerOf = (topic: string, more: Partial<Parameters<typeof avro>[0]> = {}) =>
    avro({ registry: url, ...more }).reader({ schema: Ticket, topics: [topic], retryFor: 0 })

  test('become rows, and what is none a dead letter with its bytes and the reason', async () => {
    const topic = unique('t')
    const id = await register(`${topic}-value`, record())
    const whole = framed(id, encoded(record(), value(1)))
    const values = [
      framed(id, encoded(record(), value(0))),
      Buffer.from('{"ticket_id":1}'),
      null,
      whole.slice(0, -3),
      Buffer.concat([whole, Buffer.of(0)]),
      framed(id, encoded(record(), value(2, { client_id: 'nobody' }))),
      framed(id, encoded(record(), value(3))),
    ]
    const reader = readerOf(topic)
    await reader.check()
    const fetched = fetchedOf(values)
    expect(await reader.prepare(fetched, signal)).toBe(null)
    const { batch, rejected } = await reader.decode(fetched, {}, null)
    expect([...batch]).toEqual([ticket(0), ticket(3)])
    expect(rejected.map(({ offset, reason }) => [offset, reason])).toEqual([
      [1, 'not Avro of a schema registry: it does not begin with the byte 0 and a schema id'],
      [2, 'no value (a tombstone)'],
      [3, expect.stringMatching(/^not Avro of schema \d+: the value ends too early/)],
      [4, expect.stringMatching(/1 bytes are left behind the value/)],
      [5, expect.stringContaining('not a ticket: client_id')],
    ])
    for (const one of rejected) {
      expect(one.value === null ? null : Buffer.from(one.value)).toEqual(
        values[one.offset] === null ? null : Buffer.from(values[one.offset] as Uint8Array),
      )
      expect(one.key).toEqual(Uint8Array.of(one.offset))
    }
  })

  test('of a schema that lacks a required column are refused before any row', async () => {
    const topic = unique('t')
    await register(`${topic}-value`, record(fields.slice(0, -1)))
    await expect(readerOf(topic).check()).rejects.toMatchObject({
      code: 'SCHEMA_MISMATCH',
      message: expect.stringMatching(/^t-\w+: version \d+ of subject "t-\w+-value" does not fit ticket: priority is required here/),
    })
  })

  test('of a new schema are read on where it fits, and stop the source before them where not', async () => {
    const topic = unique('t')
    const more = record([...fields, { name: 'extra', type: ['null', 'string'], default: null }])
    const less = record([...fields.slice(0, 3), { name: 'request', type: 'boolean' }, ...fields.slice(4)])
    const [first, second, third] = [
      await register(`${topic}-value`, record()),
      await register(`${topic}-value`, more),
      await register(unique('other'), less),
    ]
    const fetched = fetchedOf([
      framed(first, encoded(record(), value(0))),
      framed(second, encoded(more, value(1, { extra: { string: 'x' } }))),
      framed(third, encoded(less, value(2, { request: true }))),
    ])
    const reader = readerOf(topic)
    const wrong = await reader.prepare(fetched, signal)
    expect(wrong).toMatchObject({
      at: 2,
      error: {
        code: 'SCHEMA_MISMATCH',
        message: expect.stringMatching(/from offset 2 on, does not fit ticket: request is of type boolean in messages, and string here/),
      },
    })
    const { batch } = await reader.decode({ ...fetched, length: 2 }, {}, null)
    expect([...batch]).toEqual([ticket(0), ticket(1)])
  })

  test('of an unknown schema stop the source, or are dead letters where that is set', async () => {
    const fetched = fetchedOf([framed(2 ** 31 - 5, Uint8Array.of(1))])
    expect(await readerOf('t').prepare(fetched, signal)).toMatchObject({ at: 0, error: { code: 'SCHEMA_UNKNOWN' } })
    const lenient = readerOf('t', { unknownId: 'deadLetter' })
    expect(await lenient.prepare(fetched, signal)).toBe(null)
    const { rejected } = await lenient.decode(fetched, {}, null)
    expect(rejected).toMatchObject([{ reason: `schema ${2 ** 31 - 5} is not in the registry` }])
  })

  test('of another language are refused', async () => {
    const topic = unique('t')
    await register(`${topic}-value`, 'syntax = "proto3"; message Ticket { string id = 1; }', 'PROTOBUF')
    await expect(readerOf(topic).check()).rejects.toThrow(/is of type PROTOBUF, and the source reads Avro/)
  })

  test('make rows by `from` and `map`, and unknown fields are kept where a column is for them', async () => {
    const topic = unique('t')
    const line = {
      type: 'record',
      name: 'Line',
      fields: [
        { name: 'sku', type: 'string' },
        { name: 'number', type: 'long' },
      ],
    }
    const order = {
      type: 'record',
      name: 'Order',
      fields: [
        { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
        { name: 'lines', type: { type: 'array', items: line } },
        { name: 'note', type: ['null', 'string'], default: null },
      ],
    }
    const id = await register(`${topic}-value`, order)
    const fetched = fetchedOf([
      framed(
        id,
        encoded(order, {
          at: 5,
          lines: [
            { sku: 'a', number: 1 },
            { sku: 'b', number: 2 },
          ],
          note: { string: 'x' },
        }),
      ),
    ])
    const read = async <T>(schema: Schema<T>) => {
      const reader = avro({ registry: url }).reader({ schema, topics: [topic], retryFor: 0 })
      await reader.check()
      expect(await reader.prepare(fetched, signal)).toBe(null)
      const { batch, rejected } = await reader.decode(fetched, {}, null)
      expect(rejected).toEqual([])
      return [...batch]
    }
    const from = z.object({ at: instant(), lines: z.array(z.object({ sku: z.string(), number: decimal(20, 0) })) })
    const Line = defineSchema(z.object({ at: instant(), sku: z.string(), number: decimal(20, 0) }), {
      name: 'line',
      time: 'at',
      from,
      map: ({ at, lines }) => lines.map((one) => ({ at, ...one })),
    })
    expect(await read(Line)).toEqual([
      { at: new Date(5), sku: 'a', number: '1' },
      { at: new Date(5), sku: 'b', number: '2' },
    ])
    const Kept = defineSchema(z.object({ at: instant(), rest: json() }), { name: 'kept', time: 'at', unknown: { keep: 'rest' } })
    expect(await read(Kept)).toEqual([
      {
        at: new Date(5),
        rest: {
          lines: [
            { sku: 'a', number: 1 },
            { sku: 'b', number: 2 },
          ],
          note: 'x',
        },
      },
    ])
  })

  test('with references are read', async () => {
    const topic = unique('t')
    const level = unique('level')
    const named = { type: 'enum', name: 'shop.Level', symbols: ['low', 'medium', 'high', 'critical'] }
    await register(level, named)
    const schema = { ...record(), namespace: 'shop', fields: [...fields.slice(0, -1), { name: 'priority', type: 'Level' }] }
    const id = await register(`${topic}-value`, schema, 'AVRO', [{ name: 'shop.Level', subject: level, version: 1 }])
    const whole = { ...schema, fields: [...fields.slice(0, -1), { name: 'priority', type: named }] }
    const fetched = fetchedOf([framed(id, encoded(whole, value(0, { priority: 'high' })))])
    const reader = readerOf(topic)
    expect(await reader.prepare(fetched, signal)).toBe(null)
    const { batch } = await reader.decode(fetched, {}, null)
    expect([...batch]).toEqual([{ ...ticket(0), priority: 'high' }])
  })
})

test('a registry that is down is retryable, and no message is a dead letter for it', async () => {
  const reader = avro({ registry: 'http://127.0.0.1:1' }).reader({ schema: Ticket, topics: ['t'], retryFor: 0 })
  await expect(reader.check()).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE', retryable: true })
  const fetched = fetchedOf([Buffer.from('no frame'), framed(1, Uint8Array.of(1))])
  expect(await reader.prepare(fetched, signal)).toMatchObject({ at: 1, error: { code: 'REGISTRY_UNREACHABLE', retryable: true } })
})
