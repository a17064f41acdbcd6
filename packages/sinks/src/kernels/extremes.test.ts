import fc from 'fast-check'
import { expect, test } from 'vitest'
import { putTexts, same } from '../../test/kernels.ts'
import type { Kernels } from './kernels.ts'

function extremesOf(run: (kernels: Kernels, target: number) => void): number[] {
  return same((kernels) => {
    const target = kernels.memory.take(8)
    run(kernels, target)
    return [...kernels.memory.ints(target, 2)]
  })
}

/** The first rows of the least and the greatest value by sorting. */
function expected<V>(values: readonly V[], compare: (a: V, b: V) => number): number[] {
  const [least] = [...values].sort(compare)
  const greatest = [...values].sort(compare).at(-1)
  return [least, greatest].map((one) => values.findIndex((value) => compare(value, one as V) === 0))
}

const numbers = (a: number | bigint, b: number | bigint) => (a < b ? -1 : a > b ? 1 : 0)
const some = { minLength: 1, maxLength: 50 }

test('of 32-bit and 64-bit integers', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.integer(), fc.nat(3)), some), (values) => {
      const put = (array: Int32Array | BigInt64Array) => new Uint8Array(array.buffer)
      const narrow = extremesOf((k, to) => k.extremes32(k.memory.put(put(Int32Array.from(values))), values.length, to))
      const wide = extremesOf((k, to) =>
        k.extremes64(k.memory.put(put(BigInt64Array.from(values, (v) => BigInt(v) * 3_000_000_007n))), values.length, to),
      )
      expect([narrow, wide]).toEqual([expected(values, numbers), expected(values, numbers)])
    }),
  )
})

test('of doubles, without NaN', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.double(), fc.constantFrom(NaN, 0, -0, Infinity, -Infinity)), some), (values) => {
      const found = extremesOf((k, to) => k.extremesDouble(k.memory.put(new Uint8Array(Float64Array.from(values).buffer)), values.length, to))
      const known = values.filter((value) => !Number.isNaN(value))
      const wanted = known.length === 0 ? [values.length, values.length] : expected(known, numbers).map((i) => values.indexOf(known[i] as number))
      expect(found).toEqual(wanted)
    }),
  )
})

test('of texts in the order of their bytes', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.string({ maxLength: 3 }).map((end) => `the same first bytes${end}`),
    fc.array(fc.constantFrom('\0', 'a'), { maxLength: 10 }).map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(fc.array(text, some), fc.nat(9), (texts, first) => {
      const all = texts.map((one) => Buffer.from(one))
      const found = extremesOf((kernels, to) => {
        const { offsets, bytes } = putTexts(kernels, all, first)
        kernels.extremesTexts(offsets, bytes, all.length, to)
      })
      expect(found).toEqual(expected(all, Buffer.compare))
    }),
    { numRuns: 500 },
  )
})

test.each([1, 3, 9, 16])('of signed integers of %i bytes', (width) => {
  const limit = 2n ** BigInt(8 * width - 1)
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.bigInt({ min: -limit, max: limit - 1n }), fc.bigInt({ min: -2n, max: 2n })), some), (values) => {
      const bytes = values.flatMap((value) => Array.from({ length: width }, (_, i) => Number((value >> BigInt(8 * (width - 1 - i))) & 255n)))
      const found = extremesOf((k, to) => k.extremesBigEndian(k.memory.put(Uint8Array.from(bytes)), width, values.length, to))
      expect(found).toEqual(expected(values, numbers))
    }),
  )
})
