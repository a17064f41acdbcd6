import { expect, test } from 'vitest'
import * as z from 'zod'
import { internals } from '../batch/batch.ts'
import { decimal } from '../values/decimal.ts'
import { instant } from '../values/instant.ts'
import { decodeMessages } from './decode.ts'
import { decodeValues } from './decode-values.ts'
import { defineSchema } from './define.ts'

const Ping = defineSchema(z.object({ at: instant(), n: z.int(), price: decimal(6, 2).optional() }), { name: 'ping', time: 'at' })
const at = '2026-11-21T12:00:00Z'
const values = [{ at, n: 1 }, { at, n: 'x' }, { at, n: 2, price: 1.5, more: true }, [], null, { at, n: 3, price: '0.123' }]
const raw = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))

test('values get the verdicts that their JSON gets', () => {
  const json = decodeMessages(
    Ping,
    values.map((value, offset) => ({ value: raw(value), offset })),
  )
  const { batch, rejected } = decodeValues(
    Ping,
    values.map((value, offset) => ({ value, raw: raw(value), offset })),
  )
  expect(batch.toArray()).toEqual(json.batch.toArray())
  expect(internals.metadata(batch)).toEqual(internals.metadata(json.batch))
  expect(rejected).toEqual(json.rejected)
})

test('a rejected value keeps its bytes, key and time; tombstones and bytes that were not decoded keep their place', () => {
  const key = Uint8Array.of(7)
  const { batch, rejected } = decodeValues(Ping, [
    { value: { at }, raw: Uint8Array.of(1), offset: 5, timestamp: 9, key },
    { value: { at, n: 1 }, raw: null, offset: 6 },
    { raw: Uint8Array.of(2), offset: 7, reason: 'not Avro' },
  ])
  expect(batch.length).toBe(0)
  expect(rejected).toEqual([
    { value: Uint8Array.of(1), offset: 5, timestamp: 9, key, reason: expect.stringContaining('n: Invalid input') },
    { value: null, offset: 6, reason: 'no value (a tombstone)' },
    { value: Uint8Array.of(2), offset: 7, reason: 'not Avro' },
  ])
})

test('a time too far in the future is rejected as that of JSON is', () => {
  const message = { value: { at, n: 1 }, raw: raw({ at, n: 1 }), offset: 0, timestamp: Date.parse(at) - 1001 }
  expect(decodeValues(Ping, [message], { maxFuture: 1000 }).rejected).toMatchObject([
    { reason: expect.stringMatching(/more than 1 second after .* \(maxFuture\)$/) },
  ])
})

test('a schema with a decode of its own is refused, since that takes bytes', () => {
  const own: typeof Ping = { ...Ping, decode: (messages) => Ping.decode(messages) }
  expect(() => decodeValues(own, [])).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
})
