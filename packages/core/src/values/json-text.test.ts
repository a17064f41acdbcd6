import { expect, test } from 'vitest'
import { base64Of, jsonText } from './json-text.ts'

test.each([
  undefined,
  Number.NaN,
  Number.NEGATIVE_INFINITY,
  '\ud800',
  { '\udc00': 1 },
  { a: undefined },
  [undefined],
  new Date(0),
  new Map(),
  1n,
  () => 1,
])('value %# would not come back as it was', (value) => {
  expect(jsonText(value)).toBe(null)
})

test('a value may be 128 levels deep', () => {
  const deep = (levels: number): unknown => Array.from({ length: levels }).reduce((inner) => [inner], 0)
  expect(jsonText(deep(128))).not.toBe(null)
  expect(jsonText(deep(129))).toBe(null)
})

test('bytes have their base64', () => {
  expect([base64Of(Uint8Array.of(1, 2)), base64Of(new Uint8Array(0))]).toEqual(['AQI=', ''])
})
