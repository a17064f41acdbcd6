import fc from 'fast-check'
import { expect, test } from 'vitest'
import { region, same } from '../../test/kernels.ts'
import { snappyBound } from './snappy.ts'

/** Decompresses by the format's description alone. */
function decompress(packed: Uint8Array): Buffer {
  let at = 0
  const little = (bytes: number) => Array.from({ length: bytes }, (_, i) => (packed[at + i] as number) * 256 ** i).reduce((a, b) => a + b, 0)
  let length = 0
  for (let shift = 1; ; shift *= 128) {
    const byte = packed[at++] as number
    length += (byte & 127) * shift
    if (byte < 128) break
  }
  const out = Buffer.alloc(length)
  let end = 0
  while (at < packed.length) {
    const tag = packed[at++] as number
    if ((tag & 3) === 0) {
      const extra = Math.max(0, (tag >> 2) - 59)
      const size = (extra === 0 ? tag >> 2 : little(extra)) + 1
      at += extra
      out.set(packed.subarray(at, at + size), end)
      at += size
      end += size
    } else {
      const isShort = (tag & 3) === 1
      const size = isShort ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1
      const distance = isShort ? ((tag >> 5) << 8) | (packed[at] as number) : little((tag & 3) === 2 ? 2 : 4)
      at += isShort ? 1 : (tag & 3) === 2 ? 2 : 4
      expect(distance > 0 && distance <= end).toBe(true)
      for (let i = 0; i < size; i++, end++) out[end] = out[end - distance] as number
    }
  }
  expect(end).toBe(length)
  return out
}

function compressed(source: Uint8Array, how: 'snappy' | 'stored'): Buffer {
  return same((kernels) => {
    const at = kernels.memory.put(source)
    const table = kernels.memory.take(32_768)
    const target = kernels.memory.take(snappyBound(source.length))
    const length = how === 'snappy' ? kernels.snappy(at, source.length, table, target) : kernels.stored(at, source.length, target)
    expect(length).toBeLessThanOrEqual(snappyBound(source.length))
    return region(kernels, target, length)
  })
}

/** Bytes that repeat earlier ones at any distance, and some that do not. */
const repetitive = fc
  .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(200), fc.nat({ max: 100_000 })), { maxLength: 30 })
  .map((parts) => {
    let all = Buffer.alloc(0)
    for (const [fresh, length, back] of parts) all = Buffer.concat([all, fresh, all.subarray(Math.max(0, all.length - back)).subarray(0, length)])
    return new Uint8Array(all)
  })

test('compresses to bytes that decompress to the same', () => {
  fc.assert(
    fc.property(fc.oneof(repetitive, fc.uint8Array({ maxLength: 3000 })), (source) => {
      expect(decompress(compressed(source, 'snappy'))).toEqual(Buffer.from(source))
    }),
    { numRuns: 300 },
  )
})

test.each([0, 1, 31, 32, 33, 64, 65_535, 65_536, 65_537, 200_000])('takes %i bytes of text, across blocks', (length) => {
  const source = Buffer.alloc(length, 'Ticket 1234: the printer on floor 7 is on fire again; ').map((byte, i) => (i % 97 === 0 ? i : byte))
  const packed = compressed(source, 'snappy')
  expect(decompress(packed)).toEqual(Buffer.from(source))
  if (length > 1000) expect(packed.length).toBeLessThan(length / 4)
})

test('one byte repeated is copied from one before, in parts of 64', () => {
  for (const length of [60, 64, 67, 68, 69, 132, 133, 4000])
    expect(decompress(compressed(Buffer.alloc(length, 7), 'snappy'))).toEqual(Buffer.alloc(length, 7))
})

test('stores what does not compress, with one literal of any length', () => {
  for (const length of [0, 1, 60, 61, 256, 257, 65_536, 65_537, 17_000_000]) {
    const source = Buffer.alloc(length, 'abc')
    const packed = compressed(source, 'stored')
    expect(decompress(packed).equals(source)).toBe(true)
    expect(packed.length - length).toBeLessThanOrEqual(9)
  }
})
