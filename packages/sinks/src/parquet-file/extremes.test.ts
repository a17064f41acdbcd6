import fc from 'fast-check'
import { expect, test } from 'vitest'
import { kernels } from '../../test/written.ts'
import { compareFor, extremesOf, joinExtremes, shortened } from './extremes.ts'
import { type Leaf, physical } from './schema.ts'

const leafOf = (kind: Leaf['kind'], type: Leaf['physical'], width = 0): Leaf => ({
  top: 0,
  path: ['x'],
  kind,
  physical: type,
  width,
  steps: [],
  maxDefinition: 0,
  maxRepetition: 0,
})
const text = leafOf('string', physical.bytes)
const blob = leafOf('bytes', physical.bytes)
const double = leafOf('number', physical.double, 8)
const doubles = (...values: number[]) => {
  const at = kernels.memory.put(new Uint8Array(Float64Array.from(values).buffer))
  return extremesOf(kernels, double, { kind: 'fixed', count: values.length, at, width: 8 })
}
const bytesOf = (value: number) => new Uint8Array(Float64Array.of(value).buffer)

test('NaN is no extreme, and a zero stands for both zeros', () => {
  expect(doubles(Number.NaN, 2, -1)).toEqual({ least: bytesOf(-1), greatest: bytesOf(2) })
  expect(doubles(Number.NaN)).toBeNull()
  expect(doubles(0, 1)?.least).toEqual(bytesOf(-0))
  expect(doubles(-0, -1)?.greatest).toEqual(bytesOf(0))
  expect(doubles()).toBeNull()
})

test('truths, and members of an enum that are there, in the order of their texts', () => {
  const bits = (count: number, byte: number) =>
    extremesOf(kernels, leafOf('boolean', physical.boolean), { kind: 'bits', count, bits: Uint8Array.of(byte) })
  expect([bits(3, 0b111), bits(3, 0), bits(2, 0b10)]).toEqual([
    { least: Uint8Array.of(1), greatest: Uint8Array.of(1) },
    { least: Uint8Array.of(0), greatest: Uint8Array.of(0) },
    { least: Uint8Array.of(0), greatest: Uint8Array.of(1) },
  ])
  const codes = extremesOf(kernels, leafOf('enum', physical.bytes), {
    kind: 'codes',
    count: 3,
    codes: Int8Array.of(1, 2, 1),
    members: ['z', 'b', 'a'],
  })
  expect(codes).toEqual({ least: new Uint8Array(Buffer.from('a')), greatest: new Uint8Array(Buffer.from('b')) })
})

test('pages are joined by the order of their type', () => {
  const of = (a: number, b: number) => ({ least: bytesOf(a), greatest: bytesOf(b) })
  expect(joinExtremes(of(-1, 2), of(-3, 1), compareFor(double))).toEqual(of(-3, 2))
  expect(joinExtremes(null, of(1, 2), compareFor(double))).toEqual(of(1, 2))
  expect(joinExtremes(of(1, 2), null, compareFor(double))).toEqual(of(1, 2))
  const fixed = compareFor(leafOf('decimal', physical.fixed, 9))
  expect(fixed(Uint8Array.of(0xff, 0), Uint8Array.of(0, 1))).toBeLessThan(0)
  expect(fixed(Uint8Array.of(0xff, 0), Uint8Array.of(0xff, 1))).toBeLessThan(0)
})

test('long texts are cut, and all values still lie between them', () => {
  const long = fc.string({ unit: 'binary', minLength: 20, maxLength: 120 })
  fc.assert(
    fc.property(long, (one) => {
      const exact = new Uint8Array(Buffer.from(one))
      for (const leaf of [text, blob]) {
        const { least, greatest } = shortened({ least: exact, greatest: exact }, leaf)
        expect(Buffer.compare(least, exact)).toBeLessThanOrEqual(0)
        expect(Buffer.compare(greatest, exact)).toBeGreaterThanOrEqual(0)
        if (leaf === text) for (const cut of [least, greatest]) expect(Buffer.from(Buffer.from(cut).toString())).toEqual(Buffer.from(cut))
      }
    }),
    { numRuns: 500 },
  )
})

test('what cannot be raised stays whole, and short or fixed values are not cut', () => {
  const top = new Uint8Array(Buffer.from('\u{10ffff}'.repeat(30)))
  expect(shortened({ least: top, greatest: top }, text)).toEqual({ least: top.slice(0, 64), greatest: top })
  const full = new Uint8Array(80).fill(255)
  expect(shortened({ least: full, greatest: full }, blob).greatest).toBe(full)
  const before = new Uint8Array(Buffer.from(`\u{d7ff}${'\u{10ffff}'.repeat(30)}`))
  expect(Buffer.from(shortened({ least: before, greatest: before }, text).greatest).toString()).toBe('\u{e000}')
  const short = { least: new Uint8Array(64), greatest: new Uint8Array(64) }
  expect(shortened(short, text)).toEqual(short)
})
