import fc from 'fast-check'
import { expect, test } from 'vitest'
import { putInts, region, same } from '../../test/kernels.ts'

function encoded(codes: readonly number[], width: number): Buffer {
  return same((kernels) => {
    const at = putInts(kernels, codes)
    const target = kernels.memory.take(16 + 8 * codes.length)
    return region(kernels, target, kernels.hybrid(at, codes.length, width, target))
  })
}

/** Decodes by the specification. */
function decode(bytes: Buffer, count: number, width: number): number[] {
  const out: number[] = []
  let at = 0
  while (at < bytes.length) {
    let head = 0
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++] as number
      head += (byte & 127) * shift
      if (byte < 128) break
    }
    if (head % 2 === 0) {
      const size = (width + 7) >> 3
      const value = size === 0 ? 0 : bytes.readUIntLE(at, size)
      at += size
      for (let i = 0; i < head / 2; i++) out.push(value)
    } else {
      const groups = (head - 1) / 2
      const bits = [...bytes.subarray(at, at + groups * width)].flatMap((byte) => Array.from({ length: 8 }, (_, i) => (byte >> i) & 1))
      for (let i = 0; i < groups * 8; i++) out.push(bits.slice(i * width, (i + 1) * width).reduceRight((sum, bit) => sum * 2 + bit, 0))
      at += groups * width
    }
  }
  expect(out.length).toBeGreaterThanOrEqual(count)
  expect(out.slice(count).every((code) => code === 0)).toBe(true)
  return out.slice(0, count)
}

const runs = (width: number) =>
  fc.array(fc.tuple(fc.nat(2 ** width - 1), fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 40 }))), { maxLength: 40 })
const widthsAndCodes = fc
  .integer({ min: 0, max: 24 })
  .chain((width) => runs(width).map((parts) => ({ width, codes: parts.flatMap(([code, length]) => new Array<number>(length).fill(code)) })))

test('codes of any width come back, runs or not', () => {
  fc.assert(
    fc.property(widthsAndCodes, ({ width, codes }) => {
      expect(decode(encoded(codes, width), codes.length, width)).toEqual(codes)
    }),
    { numRuns: 500 },
  )
})

test('equal codes are one run of two to four bytes, and a run begins where a group of eight ends', () => {
  expect(encoded(new Array(20_000).fill(3), 2)).toEqual(Buffer.from([0xc0, 0xb8, 0x02, 3]))
  // Five different ones, three of the run to fill the group, seventeen as a run.
  const codes = [0, 1, 0, 1, 0, ...new Array(20).fill(1)]
  expect(encoded(codes, 1)).toEqual(Buffer.from([3, 0b11101010, 34, 1]))
  expect(encoded([0, 1, 0, 1, 0, ...new Array(10).fill(1)], 1)).toEqual(Buffer.from([5, 0b11101010, 0b01111111]))
})
