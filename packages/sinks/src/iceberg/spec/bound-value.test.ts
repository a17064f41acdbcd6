import { expect, test } from 'vitest'
import { boundValue } from './bound-value.ts'
import { boundOf } from './bounds.ts'

test.each([
  ['int', -2],
  ['long', 2 ** 40],
  ['date', -1],
  ['double', 1.5],
  ['float', -0.5],
  ['string', 'é🎫'],
  ['string', '\ufeffx'],
] as const)('a bound of %s is the value %j', (type, value) => {
  expect(boundValue(type, boundOf(type, value) as Uint8Array, 'lower')).toBe(value)
})

test('a bound from before a column was widened is read, too', () => {
  expect(boundValue('long', boundOf('int', -7) as Uint8Array, 'upper')).toBe(-7)
  expect(boundValue('double', boundOf('float', 0.5) as Uint8Array, 'upper')).toBe(0.5)
})

test('instants are milliseconds: the least rounded down, the greatest up', () => {
  const micros = (value: bigint) => new Uint8Array(BigInt64Array.of(value).buffer)
  const both = (value: bigint) => (['lower', 'upper'] as const).map((end) => boundValue('timestamptz', micros(value), end))
  expect([both(1_500n), both(-1_500n), both(2_000n), both(-1n)]).toEqual([
    [1, 2],
    [-2, -1],
    [2, 2],
    [-1, 0],
  ])
})

test('what is not known here is no bound', () => {
  const cases = [
    ['decimal(9, 2)', Uint8Array.of(1)],
    ['boolean', Uint8Array.of(1)],
    ['binary', Uint8Array.of(1)],
    [undefined, Uint8Array.of(1)],
    ['long', boundOf('long', 2n ** 60n) as Uint8Array],
    ['long', Uint8Array.of(1)],
    ['double', Uint8Array.of(1)],
    ['double', new Uint8Array(Float64Array.of(Number.NaN).buffer)],
    ['string', Uint8Array.of(0xc3)],
    ['timestamptz', Uint8Array.of(1)],
  ] as const
  for (const [type, bytes] of cases) expect(boundValue(type, bytes, 'lower'), String(type)).toBeUndefined()
})
