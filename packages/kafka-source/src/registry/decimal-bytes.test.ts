import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decimalBytes, decimalOf } from './decimal-bytes.ts'

test.each([
  ['0', [0]],
  ['127', [127]],
  ['128', [0, 128]],
  ['-1', [255]],
  ['-128', [128]],
  ['-129', [255, 127]],
  ['-0.01', [255]],
  ['2.56', [1, 0]],
])('%s is the bytes %j', (text, bytes) => {
  expect([...decimalBytes(text)]).toEqual(bytes)
})

test('decimals come back as they were', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }), (unscaled) => {
      const bytes = decimalBytes(String(unscaled))
      expect(decimalOf(bytes, 0, bytes.length, 0)).toBe(String(unscaled))
    }),
  )
})

test('a decimal without bytes is 0, and one that is too long is invalid', () => {
  expect(decimalOf(new Uint8Array(0), 0, 0, 2)).toBe('0.00')
  expect(() => decimalOf(new Uint8Array(65), 0, 65, 0)).toThrow('a decimal of 65 bytes')
})
