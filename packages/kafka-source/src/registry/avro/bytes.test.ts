import fc from 'fast-check'
import { expect, test } from 'vitest'
import { JsonOut } from '../json-out.ts'
import { decimalBytes, writeDecimal, writeUuid } from './bytes.ts'

const written = (write: (out: JsonOut) => void): string => {
  const out = new JsonOut()
  write(out)
  return Buffer.from(out.bytes.subarray(0, out.length)).toString()
}

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
      expect(written((out) => writeDecimal(out, bytes, 0, bytes.length, 0))).toBe(`"${unscaled}"`)
    }),
  )
})

test('a decimal without bytes is 0, and one that is too long is invalid', () => {
  expect(written((out) => writeDecimal(out, new Uint8Array(0), 0, 0, 2))).toBe('"0.00"')
  expect(() => writeDecimal(new JsonOut(), new Uint8Array(65), 0, 65, 0)).toThrow('a decimal of 65 bytes')
})

test('a UUID has its dashes', () => {
  const bytes = Buffer.from('xx0123456789abcdef'.slice(2).repeat(2), 'hex')
  expect(written((out) => writeUuid(out, bytes, 0))).toBe('"01234567-89ab-cdef-0123-456789abcdef"')
})
