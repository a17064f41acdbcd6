import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SliceList } from './message-slices.ts'

const buffer = (text: string) => new Uint8Array(Buffer.from(text)).buffer
const texts = (list: SliceList) => {
  const { bytes, starts, ends, length } = list.slices()
  return Array.from({ length }, (_, i) => {
    const [start, end] = [starts[i] as number, ends[i] as number]
    return end < start ? null : Buffer.from(bytes.subarray(start, end)).toString()
  })
}

it('gives messages of one buffer without a copy', () => {
  const list = new SliceList()
  const one = buffer('kvw')
  list.open(one, 0, 3)
  list.add(5, 1000, 0, 1, 1, 2, 2)
  list.add(7, Number.NaN, 0, -1, 2, 3, 3)
  expect(texts(list)).toEqual(['v', 'w'])
  expect(list.slices().bytes.buffer).toBe(one)
  expect([list.length, list.last, list.size]).toEqual([2, 7, 3])
  expect(Buffer.from(list.slices().keyOf?.(0) ?? []).toString()).toBe('k')
  expect(list.slices().keyOf?.(1)).toBeNull()
})

it('joins messages of several buffers, and keeps null', () => {
  const list = new SliceList()
  list.open(buffer('..ab'), 2, 4)
  list.add(0, 0, 0, -1, 2, 3, 3)
  list.add(1, 0, 0, -1, 3, 4, 4)
  const other = buffer('.c')
  list.open(other, 1, 2)
  list.add(2, 0, 1, 2, 1, 2, 2)
  list.add(3, 0, 0, -1, 2, 1, 2)
  expect(list.isIn(other)).toBe(true)
  expect(texts(list)).toEqual(['a', 'b', 'c', null])
})

it('has room for any number of messages, and starts anew after clear', () => {
  const list = new SliceList()
  list.open(buffer('x'), 0, 1)
  for (let i = 0; i < 5000; i++) list.add(i, i, 0, -1, 0, 1, 1)
  expect([list.length, list.last, list.slices().offsets[4999], list.slices().timestamps?.[1024]]).toEqual([5000, 4999, 4999, 1024])
  list.clear()
  expect([list.length, list.size, list.last]).toEqual([0, 0, -1])
})

it('puts the messages of several buffers together, nulls and empty ones too', () => {
  const part = () => fc.record({ key: fc.option(fc.uint8Array({ maxLength: 3 })), value: fc.option(fc.uint8Array({ maxLength: 5 })) })
  fc.assert(
    fc.property(fc.array(fc.array(part(), { maxLength: 700 }), { maxLength: 4 }), (buffers) => {
      const list = new SliceList()
      for (const messages of buffers) {
        const bytes = Uint8Array.from([9, 9, ...messages.flatMap(({ key, value }) => [...(key ?? []), ...(value ?? [])]), 9])
        list.open(bytes.buffer, 0, bytes.length)
        let at = 2
        for (const { key, value } of messages) {
          const middle = at + (key?.length ?? 0)
          list.add(list.length, 1, at, key ? middle : at - 1, middle, value ? middle + value.length : middle - 1, middle + (value?.length ?? 0))
          at = middle + (value?.length ?? 0)
        }
      }
      const { bytes, starts, ends, keyOf } = list.slices()
      const found = Array.from({ length: list.length }, (_, i) => {
        const [start = 0, end = 0] = [starts[i], ends[i]]
        return { key: keyOf?.(i) ?? null, value: end < start ? null : bytes.subarray(start, end) }
      })
      expect(found).toEqual(buffers.flat())
    }),
  )
})

it('knows the time of the last message, where it has one', () => {
  const list = new SliceList()
  expect(list.lastTimestamp).toBeUndefined()
  list.open(buffer('ab'), 0, 2)
  list.add(0, 1000, 0, -1, 0, 1, 1)
  expect(list.lastTimestamp).toBe(1000)
  list.add(1, Number.NaN, 0, -1, 1, 2, 2)
  expect(list.lastTimestamp).toBeUndefined()
})
