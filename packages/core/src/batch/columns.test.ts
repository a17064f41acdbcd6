import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Field } from '../store/field.ts'
import { columnBuilder } from './builder.ts'
import { bytesOf, membersOf, stringReader, validityOf, valueReader, wideReader } from './columns.ts'

const field = (kind: Field['kind'], more: Partial<Field> = {}): Field => ({ name: 'c', kind, values: [], optional: false, nullable: false, ...more })
const dataOf = (column: Field, values: readonly unknown[]) => {
  const builder = columnBuilder(column)
  for (const value of values) builder.add(value)
  return builder.finish()
}

test('64-bit integers are read without BigInt, over the whole range', () => {
  fc.assert(
    fc.property(fc.array(fc.maxSafeInteger(), { minLength: 1 }), (values) => {
      const data = dataOf(field('integer'), values)
      expect(values.map((_, i) => wideReader(data)(i))).toEqual(values)
    }),
  )
})

test('texts are read back, a leading U+FEFF too', () => {
  const values = ['', '\ufeffa', 'é'.repeat(20), 'CLIENT_1000']
  const data = dataOf(field('string'), values)
  expect(values.map((_, i) => stringReader(data)(i))).toEqual(values)
})

test('the members of an enum keep a leading U+FEFF', () => {
  const column = field('enum', { values: ['\ufeffa', 'b'] })
  const data = dataOf(column, ['b', '\ufeffa'])
  expect(membersOf(data)).toEqual(['\ufeffa', 'b'])
  expect([0, 1].map(valueReader(column, data))).toEqual(['b', '\ufeffa'])
})

test('a missing value is null in a nullable column, and undefined in an optional one', () => {
  const nullable = field('boolean', { nullable: true })
  const optional = field('boolean', { optional: true })
  expect([0, 1].map(valueReader(nullable, dataOf(nullable, [true, null])))).toEqual([true, null])
  expect([0, 1].map(valueReader(optional, dataOf(optional, [undefined, false])))).toEqual([undefined, false])
})

test('a slice of a column reads its own rows', () => {
  const column = field('boolean', { nullable: true })
  const values = Array.from({ length: 20 }, (_, i) => (i % 3 === 0 ? null : i % 2 === 0))
  const part = dataOf(column, values).slice(7, 9)
  expect(Array.from({ length: 9 }, (_, i) => valueReader(column, part)(i))).toEqual(values.slice(7, 16))
  expect(Array.from({ length: 9 }, (_, i) => validityOf(part)(i))).toEqual(values.slice(7, 16).map((value) => value !== null))
})

test('the size of a column is its values, offsets and validity bits', () => {
  expect(bytesOf(dataOf(field('number'), [1, 2]))).toBe(16)
  expect(bytesOf(dataOf(field('string', { nullable: true }), ['abc', null]))).toBe(3 + 12 + 1)
})
