import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { addTo, type ExactSum, mergeInto, noSum, sumFromJson, sumToJson, valueOfSum } from './exact-sum.ts'

const MAX = Number.MAX_VALUE

function sumOf(terms: readonly number[]): ExactSum {
  const sum = noSum()
  for (const term of terms) addTo(sum, term)
  return sum
}

const value = (terms: readonly number[]) => valueOfSum(sumOf(terms))

/** The exact sum of finite doubles, in units of 2^-1074. */
function whole(terms: readonly number[]): bigint {
  let sum = 0n
  for (const term of terms) {
    const bits = new DataView(new ArrayBuffer(8))
    bits.setFloat64(0, Math.abs(term))
    const exponent = Number(bits.getBigUint64(0) >> 52n)
    const fraction = bits.getBigUint64(0) & ((1n << 52n) - 1n)
    const magnitude = exponent === 0 ? fraction : (fraction | (1n << 52n)) << BigInt(exponent - 1)
    sum += term < 0 ? -magnitude : magnitude
  }
  return sum
}

/** The double that is nearest to a number of units of 2^-1074, half to even. */
function nearest(units: bigint): number {
  const sign = units < 0n ? -1 : 1
  const magnitude = units < 0n ? -units : units
  const excess = Math.max(0, magnitude.toString(2).length - 53)
  const kept = magnitude >> BigInt(excess)
  const rest = magnitude - (kept << BigInt(excess))
  const half = excess === 0 ? 0n : 1n << BigInt(excess - 1)
  const up = excess > 0 && (rest > half || (rest === half && (kept & 1n) === 1n))
  const mantissa = Number(up ? kept + 1n : kept)
  // In two steps, since 2 ** -1074 times 2 ** 1074 and more overflows on the way.
  return sign * mantissa * 2 ** Math.max(excess - 1074, -1000) * (excess - 1074 < -1000 ? 2 ** (excess - 74) : 1)
}

test('a sum that passes the largest double on its way comes back', () => {
  expect(value([MAX, MAX, -MAX])).toBe(MAX)
  expect(value([MAX, 1, MAX, MAX, -MAX, -MAX, -MAX])).toBe(1)
  expect(value([-MAX, -MAX, 5, MAX, MAX])).toBe(5)
  expect(value([MAX, MAX])).toBe(Number.POSITIVE_INFINITY)
  expect(value([-MAX, -MAX, MAX, -MAX])).toBe(Number.NEGATIVE_INFINITY)
  // Half a step above the largest double is infinite, and anything less is not.
  expect([value([MAX, 2 ** 970]), value([MAX, 2 ** 970, -5e-324]), value([2 ** 970, -5e-324, MAX])]).toEqual([Number.POSITIVE_INFINITY, MAX, MAX])
})

test('a sum that comes back to nothing but a tiny rest is that rest', () => {
  expect(value([MAX, MAX, 2 ** 970, -MAX, -MAX, -(2 ** 970), -5e-324])).toBe(-5e-324)
  for (const rest of [5e-324, -5e-324, 1e-310, -3]) expect(valueOfSum({ ...noSum(), parts: [rest, -(2 ** 1023)], beyond: 1 })).toBe(rest)
  // A tie above the largest double, decided by two tiny parts of which the larger is negative.
  expect(valueOfSum({ ...noSum(), parts: [5e-324, -1e-323, 2 ** 970, MAX - 2 ** 1023], beyond: 1 })).toBe(MAX)
})

test('infinite terms stay infinite', () => {
  expect(value([Number.POSITIVE_INFINITY, -MAX, -MAX])).toBe(Number.POSITIVE_INFINITY)
  expect(value([MAX, MAX, Number.NEGATIVE_INFINITY])).toBe(Number.NEGATIVE_INFINITY)
  expect(value([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])).toBeNaN()
})

test('is the nearest double to the exact sum, whatever the order and the split, and as JSON too', () => {
  const large = fc.double({ noNaN: true, noDefaultInfinity: true })
  const term = fc.oneof(large, fc.constantFrom(MAX, -MAX, 2 ** 1023, -(2 ** 1023), 2 ** 970, -(2 ** 970), 5e-324, -5e-324))
  fc.assert(
    fc.property(fc.array(term, { maxLength: 20 }), fc.nat(), (terms, at) => {
      const expected = nearest(whole(terms))
      const [left, right] = [sumOf(terms.slice(0, at % (terms.length + 1))), sumOf(terms.slice(at % (terms.length + 1)).reverse())]
      const merged = sumFromJson(JSON.parse(JSON.stringify(sumToJson(left))))
      mergeInto(merged, sumFromJson(JSON.parse(JSON.stringify(sumToJson(right)))))
      expect([value(terms), valueOfSum(merged)]).toEqual([expected + 0, expected + 0])
    }),
    { numRuns: 2000 },
  )
})

test('reads sums of records that have no units', () => {
  expect(valueOfSum(sumFromJson([false, false, 1, 2 ** 60]))).toBe(2 ** 60 + 1)
  expect(sumToJson(sumOf([1]))).toEqual([false, false, 1])
})
