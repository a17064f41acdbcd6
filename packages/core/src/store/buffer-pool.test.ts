import { expect, test } from 'vitest'
import { BufferPool } from './buffer-pool.ts'

const MIB = 2 ** 20
const pool = () => new BufferPool({ step: MIB / 4, mostBytes: 8 * MIB })

test('a buffer that comes back is given out again, where it is large enough', () => {
  const buffers = pool()
  const first = buffers.take(MIB - 5)
  expect([first.byteLength, buffers.held]).toEqual([MIB, 0])
  buffers.give(first)
  expect(buffers.take(MIB + 1)).not.toBe(first)
  expect(buffers.take(10)).toBe(first)
  expect(buffers.take(10).byteLength).toBe(MIB / 4)
})

test('no more is kept than the limit, and nothing that is gone or of another size', () => {
  const buffers = pool()
  for (let i = 0; i < 20; i++) buffers.give(new ArrayBuffer(MIB))
  expect(buffers.held).toBe(8 * MIB)
  const last = buffers.take(3 * MIB)
  buffers.give(last)
  expect(buffers.held).toBeLessThanOrEqual(8 * MIB)
  expect(buffers.take(2 * MIB)).toBe(last)
  const none = pool()
  none.give(new ArrayBuffer(7))
  none.give(new ArrayBuffer(0))
  expect(none.held).toBe(0)
})
