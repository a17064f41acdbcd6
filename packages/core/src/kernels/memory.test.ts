import { expect, test } from 'vitest'
import { KernelMemory } from './memory.ts'

function memoryOf(size: number) {
  let buffer = new ArrayBuffer(size)
  const grown: number[] = []
  const memory = new KernelMemory(
    {
      get buffer() {
        return buffer
      },
      grow(bytes) {
        grown.push(bytes)
        buffer = buffer.slice(0, 0)
        buffer = new ArrayBuffer(bytes)
      },
    },
    5,
  )
  return { memory, grown }
}

test('regions begin at multiples of sixteen, above the base, with room behind them', () => {
  const { memory } = memoryOf(1000)
  expect([memory.take(1), memory.take(100), memory.take(0), memory.top]).toEqual([16, 96, 272, 336])
})

test('released regions are given out again', () => {
  const { memory } = memoryOf(1000)
  memory.take(10)
  const { top } = memory
  const first = memory.take(500)
  memory.release(top)
  expect(memory.take(20)).toBe(first)
})

test('views follow a memory that grows, which it does only when a region needs it', () => {
  const { memory, grown } = memoryOf(256)
  const { bytes } = memory
  memory.take(100)
  expect([grown, memory.bytes]).toEqual([[], bytes])
  const at = memory.put(Uint8Array.of(9))
  expect(grown).toEqual([272])
  expect([memory.bytes.length, memory.view.byteLength, memory.bytes[at]]).toEqual([272, 272, 9])
})
