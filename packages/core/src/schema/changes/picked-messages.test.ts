import { expect, test } from 'vitest'
import { messages } from './changes.fixture.ts'
import { PickedMessages, rejectedMessages } from './picked-messages.ts'

const slices = messages(
  [
    ['a', 'one', 1],
    ['b', null, 2],
    ['c', 'three'],
  ],
  10,
)
const textOf = (bytes: Uint8Array | null | undefined) => bytes && new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)

test('gives parts of messages with the position and the key of the whole', () => {
  const picked = new PickedMessages(3)
  picked.add(0, (slices.starts[0] as number) + 1, slices.ends[0] as number, 7)
  picked.add(2, slices.starts[2] as number, slices.ends[2] as number, Number.NaN)
  const given = picked.of(slices)
  expect(given).toMatchObject({ length: 2, offsets: Float64Array.of(10, 12), timestamps: Float64Array.of(7, Number.NaN) })
  expect([0, 1].map((i) => textOf(given.bytes.subarray(given.starts[i], given.ends[i])))).toEqual(['ne', 'three'])
  expect([0, 1].map((i) => textOf(given.keyOf?.(i)))).toEqual(['a', 'c'])
})

test('gives rejected messages back whole, in their order', () => {
  const judged = [{ offset: 12, value: null, reason: 'late', ahead: 5 }]
  const all = rejectedMessages(slices, judged, new Map([[11, 'no key']]))
  expect(all.map(({ value, key, ...rest }) => ({ ...rest, value: textOf(value), key: textOf(key) }))).toEqual([
    { offset: 11, value: null, key: 'b', timestamp: 2, reason: 'no key' },
    { offset: 12, value: 'three', key: 'c', reason: 'late', ahead: 5 },
  ])
  expect(rejectedMessages(slices, [], new Map())).toEqual([])
})
