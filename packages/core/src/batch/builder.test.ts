import { expect, test } from 'vitest'
import type { Field } from '../store/field.ts'
import { columnBuilder } from './builder.ts'
import { valueReader } from './columns.ts'

const field = (kind: Field['kind'], more: Partial<Field> = {}): Field => ({ name: 'c', kind, values: [], optional: false, nullable: false, ...more })

test('a builder hands its values over and starts again empty', () => {
  const text = field('string', { nullable: true })
  const builder = columnBuilder(text)
  for (const value of ['a', null, 'é']) builder.add(value)
  expect(builder.length).toBe(3)
  const first = builder.finish()
  expect([builder.length, first.length, first.nullCount]).toEqual([0, 3, 1])
  builder.add('b')
  const second = builder.finish()
  expect([0, 1, 2].map(valueReader(text, first))).toEqual(['a', null, 'é'])
  expect([0].map(valueReader(text, second))).toEqual(['b'])
})

test('a row may be written again before the column is finished', () => {
  const number = field('number', { optional: true })
  const builder = columnBuilder(number)
  builder.reserve(2)
  builder.set(0, 1)
  builder.set(0, undefined)
  builder.set(1, 2)
  const data = builder.finish(2)
  expect([0, 1].map(valueReader(number, data))).toEqual([undefined, 2])
})

test('a value that the column cannot hold is refused with what it takes', () => {
  expect(() => columnBuilder(field('enum', { values: ['x', 'y'] })).add('z')).toThrow('column "c" wants one of its members (x, y), got "z"')
  expect(() => columnBuilder(field('instant')).add('now')).toThrow('column "c" wants a valid Date, got "now"')
  expect(() => columnBuilder(field('number', { optional: true })).add(null)).toThrow('wants a number, got null')
})
