import { expect, test } from 'vitest'
import * as z from 'zod'
import { internals, type Schema } from '../batch/batch.ts'
import { deadLetters } from '../connectors/dead-letter.ts'
import { instant } from '../values/instant.ts'
import { decodeMessages } from './decode.ts'
import { defineSchema } from './define.ts'
import { isFast } from './fast-decoder/decoders.fixture.ts'
import { LONGEST_MESSAGE } from './fast-decoder/read.ts'

const encoder = new TextEncoder()
const Ping = defineSchema(z.object({ at: instant(), n: z.int() }), { name: 'ping', time: 'at' })
const at = '2026-11-21T12:00:00.000Z'
const time = Date.parse(at)
const json = (n: unknown, when = at) => JSON.stringify({ at: when, n })

/** As slices of one buffer that begins somewhere inside of a larger one. */
function slicesOf(
  texts: readonly (string | null)[],
  more: { timestamps?: Float64Array; length?: number; keyOf?: (i: number) => Uint8Array | null } = {},
) {
  const parts = texts.map((text) => encoder.encode(text ?? ''))
  const whole = Buffer.concat([Buffer.from('#####'), ...parts.flatMap((part) => [part, Buffer.from('\n')])])
  const bytes = new Uint8Array(whole.buffer, whole.byteOffset + 5, whole.length - 5)
  let to = 0
  const starts = new Int32Array(parts.length)
  parts.forEach((part, i) => {
    starts[i] = to
    to += part.length + 1
  })
  const ends = Int32Array.from(parts, (part, i) => (texts[i] === null ? -1 : (starts[i] as number) + part.length))
  return { bytes, starts, ends, offsets: Float64Array.from(texts, (_, i) => 100 + i), ...more }
}

test('slices of a buffer: rows, positions, tombstones and empty values', () => {
  const { batch, rejected } = Ping.decodeSlices(slicesOf([json(1), null, '', json(4), json('x')]))
  expect(batch.toArray()).toEqual([1, 4].map((n) => ({ at: new Date(at), n })))
  expect([...(internals.metadata(batch)?.offsets ?? [])]).toEqual([100, 103])
  expect(rejected.map((r) => [r.offset, r.reason.split(':')[0], r.value && Buffer.from(r.value).toString()])).toEqual([
    [101, 'no value (a tombstone)', null],
    [102, 'an empty value', ''],
    [104, 'not a ping', json('x')],
  ])
  expect(Object.keys(rejected[0] ?? {})).toEqual(['value', 'offset', 'reason'])
})

test('slices of a buffer: times, keys of what is rejected, fewer than the arrays hold', () => {
  const timestamps = Float64Array.of(time - 1001, time - 1000, Number.NaN, time)
  const keyOf = (i: number) => Uint8Array.of(i)
  const { batch, rejected } = Ping.decodeSlices(slicesOf([json(0), json(1), json(2), 'bad'], { timestamps, length: 4, keyOf }), { maxFuture: 1000 })
  expect(batch.toArray().map((row) => row.n)).toEqual([1, 2])
  expect(rejected.map(({ offset, timestamp, key, reason }) => [offset, timestamp, key?.[0], reason.includes('maxFuture')])).toEqual([
    [100, time - 1001, 0, true],
    [103, time, 3, false],
  ])
  expect(Ping.decodeSlices(slicesOf([json(0), json(1)], { length: 1 })).batch.length).toBe(1)
  expect(Ping.decodeSlices(slicesOf([])).batch.length).toBe(0)
})

test('names a reference time before the earliest instant as that instant', () => {
  const value = encoder.encode(json(1))
  const { rejected } = decodeMessages(Ping, [{ value, offset: 0 }], { reference: -9e15, maxFuture: 0 })
  expect(rejected).toMatchObject([{ ahead: time, reason: expect.stringContaining('the reference time, -271821-04-20T00:00:00.000Z') }])
})

test('a batch keeps its rows while the next one is decoded into the same arrays', () => {
  const first = Ping.decode([1, 2, 3].map((n) => ({ value: encoder.encode(json(n)), offset: n }))).batch
  const second = Ping.decode([4, 5].map((n) => ({ value: encoder.encode(json(n)), offset: n }))).batch
  expect([...first, ...second].map((row) => row.n)).toEqual([1, 2, 3, 4, 5])
})

test('messages of several buffers, with nothing read beyond their ends', () => {
  const pool = encoder.encode(`${json(1)}${json(2)}`)
  const half = pool.length / 2
  const values = [pool.subarray(0, half), encoder.encode(json(3)), pool.subarray(half), pool.subarray(0, half - 1), pool.subarray(0, half + 1)]
  const { batch, rejected } = Ping.decode(values.map((value, offset) => ({ value, offset })))
  expect(batch.toArray().map((row) => row.n)).toEqual([1, 3, 2])
  expect(rejected.map((r) => r.offset)).toEqual([3, 4])
})

test('a check that decodes with its own schema does not mix the rows up', () => {
  const holder: { schema?: Schema<{ at: Date; n: number }> } = {}
  const inner = encoder.encode(json(7))
  const deep = (n: number) => n === 7 || holder.schema?.decode([{ value: inner, offset: 0 }]).batch.get(0).n === 7
  const schema = defineSchema(z.object({ at: instant(), n: z.number().refine(deep) }), { name: 'deep', time: 'at' })
  holder.schema = schema
  expect(
    schema
      .decode([1, 2, 3].map((n) => ({ value: encoder.encode(json(n)), offset: n })))
      .batch.toArray()
      .map((row) => row.n),
  ).toEqual([1, 2, 3])
})

test('what a codec or overwrite gives that its column cannot hold is rejected, with the column', () => {
  const schema = defineSchema(z.object({ at: instant(), kind: z.enum(['a', 'b']).overwrite(() => 'c' as 'a') }), { name: 'wrong', time: 'at' })
  const { rejected } = schema.decode([{ value: encoder.encode(JSON.stringify({ at, kind: 'a' })), offset: 1 }])
  expect(rejected.map((r) => r.reason)).toEqual([expect.stringContaining('column "kind" wants one of its members')])
})

test('an async check is reported as such', () => {
  const schema = defineSchema(z.object({ at: instant(), n: z.number().refine(async () => true) }), { name: 'later', time: 'at' })
  const { rejected } = schema.decode([{ value: encoder.encode(json(1)), offset: 1 }])
  expect(rejected.map((r) => r.reason)).toEqual([expect.stringContaining("the schema's own check threw")])
})

test('lengths that zod has counted in two ways are left to the zod that is there', () => {
  const schema = defineSchema(z.object({ at: instant(), text: z.string().min(3).max(4) }), { name: 'length', time: 'at' })
  const fast = (text: string) => isFast(schema, JSON.stringify({ at, text }))
  expect(['abc', 'abcd', 'ééé', 'éééé', '😱éé'].map(fast)).toEqual([true, true, true, true, true])
  expect(['ab', 'abcde', '😱é', '😱😱', '😱😱😱', 'éé'].map(fast)).toEqual([false, false, false, false, false, false])
})

test('a message that no string can hold is rejected by both decoders, and its dead letter keeps the beginning', () => {
  const Text = defineSchema(z.object({ at: instant(), text: z.string() }), { name: 'text', time: 'at' })
  const long = (size: number) => {
    const bytes = new Uint8Array(size).fill(0x78)
    bytes.set(encoder.encode(`{"at":"${at}","text":"`))
    bytes.set(encoder.encode('"}'), size - 2)
    return bytes
  }
  const message = { value: long(LONGEST_MESSAGE + 1), offset: 7 }
  const slices = { bytes: message.value, starts: Int32Array.of(0), ends: Int32Array.of(message.value.length), offsets: Float64Array.of(7) }
  for (const { batch, rejected } of [Text.decode([message]), Text.decodeSlices(slices), decodeMessages(Text, [message], {}, false)]) {
    expect(batch.length).toBe(0)
    expect(rejected.map(({ reason, offset }) => [reason, offset])).toEqual([[expect.stringContaining(`${LONGEST_MESSAGE} at the most`), 7]])
    // A character of two bytes over the place where it is cut.
    message.value.set([0xc3, 0xab], 2 ** 20 - 1)
    const [letter] = deadLetters('t', 't-0', rejected).toArray()
    expect(letter).toMatchObject({ encoding: 'utf8', position: 7, reason: expect.stringMatching(/only its first 1048576 bytes/) })
    expect(letter?.value?.length).toBe(2 ** 20 - 1)
  }
})
