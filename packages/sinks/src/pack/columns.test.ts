import { expect, test } from 'vitest'
import { bitsOf, isValid, type Part, putBits, putFixed, putText, textBytes } from './columns.ts'

const none = { offset: 0, nullCount: 0, nullBitmap: new Uint8Array() }

test('texts of several batches are put end to end, each from where its offsets begin', () => {
  const parts: Part[] = [
    { ...none, length: 2, values: Buffer.from('abc'), valueOffsets: Int32Array.of(0, 1, 3) },
    { ...none, length: 1, values: Buffer.from('xxyz'), valueOffsets: Int32Array.of(2, 4) },
  ]
  expect(textBytes(parts)).toBe(5)
  const ipc = new ArrayBuffer(64)
  putText(ipc, 0, 32, parts)
  expect([...new Int32Array(ipc, 0, 4)]).toEqual([0, 1, 3, 5])
  expect(Buffer.from(ipc, 32, 5).toString()).toBe('abcyz')
})

test('numbers are put end to end, and a batch takes its own length alone', () => {
  const parts: Part[] = [
    { ...none, length: 1, values: Int32Array.of(1, 99), valueOffsets: new Int32Array() },
    { ...none, length: 0, values: Int32Array.of(), valueOffsets: new Int32Array() },
    { ...none, length: 2, values: Int32Array.of(2, 3), valueOffsets: new Int32Array() },
  ]
  const ipc = new ArrayBuffer(12)
  putFixed(ipc, 0, parts)
  expect([...new Int32Array(ipc)]).toEqual([1, 2, 3])
})

test('validity starts at the offset of a batch, and a batch without nulls is all valid', () => {
  const parts: Part[] = [
    {
      ...none,
      length: 3,
      offset: 6,
      nullCount: 1,
      nullBitmap: Uint8Array.of(0b0100_0000, 0b1),
      values: Int32Array.of(1, 2, 3),
      valueOffsets: new Int32Array(),
    },
    { ...none, length: 2, values: Int32Array.of(4, 5), valueOffsets: new Int32Array() },
  ]
  expect([0, 1, 2].map((i) => isValid(parts[0] as Part, i))).toEqual([true, false, true])
  const ipc = new ArrayBuffer(bitsOf(5))
  putBits(ipc, 0, parts, 'validity')
  expect(new Uint8Array(ipc)[0]).toBe(0b11101)
})
