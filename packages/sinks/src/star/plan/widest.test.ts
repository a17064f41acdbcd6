import type { Field } from '@tickets/core'
import { expect, test } from 'vitest'
import { holdsValues, widest } from './widest.ts'

const field = (kind: Field['kind'], more: Partial<Field> = {}): Field => ({ name: 'a', kind, values: [], optional: false, nullable: false, ...more })

test.each([
  ['string', 'enum', true],
  ['enum', 'string', false],
  ['integer', 'int32', true],
  ['int32', 'integer', false],
  ['number', 'integer', true],
  ['instant', 'date', false],
] as const)('a column of %s holds one of %s: %s', (wanted, given, holds) => {
  expect(holdsValues(field(wanted), field(given))).toBe(holds)
})

test('a decimal holds another one only with room for both sides of the point', () => {
  const wanted = field('decimal', { precision: 10, scale: 2 })
  expect(holdsValues(wanted, field('decimal', { precision: 9, scale: 1 }))).toBe(true)
  expect(holdsValues(wanted, field('decimal', { precision: 10, scale: 1 }))).toBe(false)
  expect(holdsValues(wanted, field('decimal', { precision: 10, scale: 3 }))).toBe(false)
})

test('the widest of two decimals has the digits of both, and there is none beyond 38', () => {
  const [a, b] = [field('decimal', { precision: 10, scale: 2 }), field('decimal', { precision: 9, scale: 5 })]
  expect(widest(a, b)).toMatchObject({ precision: 13, scale: 5 })
  expect(widest(field('decimal', { precision: 38, scale: 0 }), b)).toBeNull()
})

test('the widest of two enums has the members of both, and is nullable where one of them is', () => {
  expect(widest(field('enum', { values: ['a', 'b'] }), field('enum', { values: ['b', 'c'], nullable: true }))).toMatchObject({
    values: ['a', 'b', 'c'],
    nullable: true,
  })
  expect(widest(field('enum', { values: ['a'] }), field('string'))).toMatchObject({ kind: 'string' })
  expect(widest(field('string'), field('integer'))).toBeNull()
})
