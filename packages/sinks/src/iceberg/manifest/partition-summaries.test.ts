import { expect, test } from 'vitest'
import type { AvroSchema } from '../avro/avro-schema.ts'
import { boundOf } from '../spec/bounds.ts'
import { combinedSummaries, comparisons } from './partition-summaries.ts'

const comparing = (type: AvroSchema) => comparisons([{ name: 'x', type: ['null', type] }], new Map())?.[0]

test.each<[AvroSchema, string, readonly unknown[]]>([
  ['int', 'int', [-(2 ** 31), -1, 0, 1, 256, 2 ** 31 - 1]],
  ['long', 'long', [-(2n ** 63n), -1, 0, 255, 2n ** 63n - 1n]],
  [{ type: 'int', logicalType: 'date' }, 'date', [-1, 0, 20_000]],
  ['float', 'float', [-1.5, -0, 0, 0.5, Number.POSITIVE_INFINITY]],
  ['double', 'double', [Number.NEGATIVE_INFINITY, -1e300, -1, -0, 0, 1e-300, 2]],
  ['boolean', 'boolean', [false, true]],
  ['string', 'string', ['', 'Z', 'a', 'é', '\ufffd', '🎫']],
  [{ type: 'fixed', name: 'f', size: 5, logicalType: 'decimal' }, 'decimal(10, 2)', [-99999999.99, -1.28, -1.27, 0, 1.27, 1.28, 99999999.99]],
])('bounds of %j are in the order of their values', (avro, type, values) => {
  const compare = comparing(avro)
  const bounds = values.map((value) => boundOf(type, value) as Uint8Array)
  for (const [i, a] of bounds.entries())
    for (const [j, b] of bounds.entries())
      expect([values[i], values[j], Math.sign(compare?.(a, b) ?? Number.NaN)]).toEqual([values[i], values[j], Math.sign(i - j)])
})

test('bounds from before a column was widened are compared with those after it', () => {
  const [narrow, wide] = [boundOf('int', -2) as Uint8Array, boundOf('long', -1) as Uint8Array]
  expect([comparing('long')?.(narrow, wide), comparing('long')?.(wide, narrow)]).toEqual([-1, 1])
})

test('a type whose order is not known has no comparison', () => {
  for (const type of [
    { type: 'fixed', name: 'u', size: 16, logicalType: 'uuid' },
    { type: 'array', items: 'int' },
    ['int', 'string'],
    'null',
  ] as const)
    expect(comparing(type as AvroSchema), JSON.stringify(type)).toBeUndefined()
})

const summary = (lower: string | null, upper: string | null, contains_null = false, contains_nan: boolean | null = false) => ({
  contains_null,
  contains_nan,
  lower_bound: lower === null ? null : Buffer.from(lower),
  upper_bound: upper === null ? null : Buffer.from(upper),
})

test('the summary of several has the widest bounds, and nothing where one of them says nothing', () => {
  const compare = comparisons([{ name: 'x', type: ['null', 'string'] }], new Map()) ?? []
  const of = (...all: ReturnType<typeof summary>[]) =>
    combinedSummaries(
      all.map((one) => [one]),
      compare,
    )
  expect(of(summary('b', 'c'), summary('a', 'b', true), summary(null, null, true))).toEqual([summary('a', 'c', true)])
  expect(of(summary(null, null, true))).toEqual([summary(null, null, true)])
  expect(of(summary('a', 'a', false, null), summary('a', 'a'))).toEqual([summary('a', 'a', false, null)])
  expect(of(summary('a', 'a', false, null), summary('a', 'a', false, true))).toEqual([summary('a', 'a', false, true)])
  expect(combinedSummaries([[summary('a', 'a')], null], compare)).toBeNull()
  expect(combinedSummaries([[summary('a', 'a')], []], compare)).toBeNull()
  expect(combinedSummaries([[], []], [])).toEqual([])
  expect(of(summary('a', 'a'), summary(null, null)), 'values without a bound may be any').toBeNull()
  expect(of(summary('a', 'a'), summary(null, null, false, true))).toEqual([summary('a', 'a', false, true)])
})
