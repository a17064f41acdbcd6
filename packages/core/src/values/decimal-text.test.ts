import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decimalText, unscaledText } from './decimal-text.ts'

test.each([
  ['12.5', '12.50'],
  ['12', '12.00'],
  ['-0', '0.00'],
  ['-0.01', '-0.01'],
  ['12.500', '12.50'],
  ['1.25e1', '12.50'],
  ['125E-1', '12.50'],
  ['0e999999', '0.00'],
  ['99999999.99', '99999999.99'],
])('%s is a decimal(10, 2)', (text, decimalOf) => {
  expect(decimalText(text, 10, 2)).toBe(decimalOf)
})

test.each(['12.555', '100000000', '1e8', '1e-3', '', ' 1', '1 ', '01', '1.', '.5', '+1', '0x1', 'NaN', 'Infinity', '1,5', '1e1000000'])(
  '%j is none',
  (text) => {
    expect(decimalText(text, 10, 2)).toBe(null)
  },
)

test('the value is the same whatever the exponent', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).filter((whole) => whole !== 0n),
      fc.nat(8),
      (whole, shift) => {
        const digits = String(whole)
        expect(decimalText(`${digits}e-${shift}`, 38, 10)).toBe(decimalText(`${digits}00e-${shift + 2}`, 38, 10))
        const value = BigInt((decimalText(`${digits}e-${shift}`, 38, 10) as string).replace('.', ''))
        expect(value).toBe(whole * 10n ** BigInt(10 - shift))
      },
    ),
  )
})

test('a whole number of the last place has all its places', () => {
  expect([unscaledText('5', 2), unscaledText('1250', 2), unscaledText('7', 0)]).toEqual(['0.05', '12.50', '7'])
})
