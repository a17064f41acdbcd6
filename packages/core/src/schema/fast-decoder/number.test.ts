import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytesOf } from './decoders.fixture.ts'
import { scanNumber, scanned } from './number.ts'

const scan = (text: string) => {
  const bytes = bytesOf(text)
  return scanNumber(bytes, 0, bytes.length) === bytes.length ? scanned[0] : undefined
}

const parsed = (text: string) => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'number' ? value : undefined
  } catch {
    return undefined
  }
}

const digits = (maxLength: number) => fc.stringMatching(new RegExp(`^[0-9]{0,${maxLength}}$`))

test('numbers are those of JSON.parse, to the last bit, and so is what is none', () => {
  const text = fc
    .tuple(fc.constantFrom('', '-', '+'), digits(19), fc.constantFrom('', '.'), digits(19), fc.constantFrom('', '', 'e', 'E+', 'e-'), digits(3))
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(
      fc.oneof(text, fc.double({ noNaN: true, min: -1e6, max: 1e6 }).map(String), fc.double({ noNaN: true, noDefaultInfinity: true }).map(String)),
      (number) => {
        expect(scan(number)).toBe(parsed(number))
      },
    ),
    { numRuns: 5000 },
  )
})

test('a number longer than any that is one is left to JSON.parse', () => {
  expect(scan('1'.repeat(2000))).toBeUndefined()
  expect(scan(`1${'0'.repeat(300)}`)).toBe(1e300)
})
