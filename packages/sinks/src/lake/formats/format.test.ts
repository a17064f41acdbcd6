import { expect, test } from 'vitest'
import { Every } from '../../../test/helpers.ts'
import { describe, shapeOf } from './format.ts'

test('the shape tells names, kinds and missing values apart, and nothing else', () => {
  expect(shapeOf(Every.fields)).toBe(shapeOf(Every.fields.map((field) => ({ ...field, values: [] }))))
  expect(shapeOf(Every.fields)).not.toBe(shapeOf(Every.fields.map((field) => ({ ...field, nullable: true }))))
  expect(shapeOf(Every.fields)).not.toBe(shapeOf([...Every.fields].reverse()))
})

test('a file without a footer is called rows', () => {
  expect(describe(null)).toEqual({ name: 'rows', version: 1, keys: [] })
  expect(describe({ schema: 's', version: 2, keys: ['k'], flow: 'all', tasks: {} })).toEqual({ name: 's', version: 2, keys: ['k'] })
})
