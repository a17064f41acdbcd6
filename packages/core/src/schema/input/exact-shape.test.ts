import { expect, test } from 'vitest'
import * as z from 'zod'
import { decimal } from '../../values/decimal.ts'
import { holdsDecimal, parseExact } from '../fast-decoder/exact-json.ts'
import { exactShape } from './exact-shape.ts'

const long = '12345678901234567.25'
const price = decimal(20, 2)

test.each([
  ['an object', z.looseObject({ a: price, b: z.number() }), `{"a":${long},"b":${long}}`, { a: long, b: Number(long) }],
  ['a list', z.array(z.object({ a: price.nullish() })), `[{"a":${long}}]`, [{ a: long }]],
  ['a record', z.record(z.string(), price), `{"x":${long}}`, { x: long }],
  ['a transform', z.object({ a: price }).transform((o) => o.a), `{"a":${long}}`, { a: long }],
  [
    'a union of objects',
    z.discriminatedUnion('k', [z.object({ k: z.literal(1), a: price, c: price }), z.object({ k: z.literal(2), b: price, c: z.number() })]),
    `{"k":1,"a":${long},"b":${long},"c":${long}}`,
    { k: 1, a: long, b: long, c: Number(long) },
  ],
] as const)('decimals inside of %s are read from their digits', (_, type, text, value) => {
  const shape = exactShape(type)
  expect(holdsDecimal(shape)).toBe(true)
  expect(parseExact(text, shape)).toEqual(value)
  expect(exactShape(type)).toBe(shape)
})

test('types without decimals, and what stands in a lazy one, cost nothing', () => {
  for (const type of [z.unknown(), z.object({ a: z.number() }), z.lazy(() => price), z.union([price, z.boolean()])])
    expect(holdsDecimal(exactShape(type))).toBe(false)
})
