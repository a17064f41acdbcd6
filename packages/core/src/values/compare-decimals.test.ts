import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareDecimals } from './compare-decimals.ts'
import { unscaledText } from './decimal-text.ts'

test('orders decimals of up to 38 digits as their numbers', () => {
  const units = fc.oneof(fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }), fc.bigInt({ min: -1200n, max: 1200n }))
  const text = (value: bigint, scale: number) => `${value < 0n ? '-' : ''}${unscaledText(String(value < 0n ? -value : value), scale)}`
  fc.assert(
    fc.property(units, units, fc.integer({ min: 0, max: 38 }), (a, b, scale) => {
      expect(compareDecimals(text(a, scale), text(b, scale)), `${text(a, scale)} ${text(b, scale)}`).toBe(a < b ? -1 : a > b ? 1 : 0)
    }),
    { numRuns: 2000 },
  )
})
