import fc from 'fast-check'
import { expect, test } from 'vitest'
import { resultOf } from './aggregates.fixture.ts'
import { quantile } from './quantile.ts'

test('a quantile is within its stated error of the true value', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), { minLength: 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, q) => {
        const sorted = [...values].sort((a, b) => a - b)
        const exact = sorted[Math.floor(q * (values.length - 1))] as number
        const about = resultOf(quantile('v', q), 'number', values) as number
        expect(Math.abs(about - exact)).toBeLessThanOrEqual(Math.abs(exact) * 0.0100001)
      },
    ),
  )
  expect(() => quantile('v', 1.5)).toThrow('got 1.5')
  expect(() => quantile('v', 0.5, { error: 0 })).toThrow('got 0')
})

test('refuses infinite values, and is null of none', () => {
  expect(() => resultOf(quantile('v', 0.5), 'number', [Number.POSITIVE_INFINITY])).toThrow('takes finite numbers, got Infinity')
  expect(resultOf(quantile('v', 0.5), 'number', [null])).toBe(null)
})
