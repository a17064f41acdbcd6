import type { Field } from '@tickets/core'
import { expect, test } from 'vitest'
import { Every } from '../../../test/helpers.ts'
import { Order } from '../../../test/nested.ts'
import { describe, shapeOf } from './format.ts'

test('the shape tells names, kinds and missing values apart, and nothing else', () => {
  expect(shapeOf(Every.fields)).toBe(shapeOf(Every.fields.map((field) => ({ ...field, values: [] }))))
  expect(shapeOf(Every.fields)).not.toBe(shapeOf(Every.fields.map((field) => ({ ...field, nullable: true }))))
  expect(shapeOf(Every.fields)).not.toBe(shapeOf([...Every.fields].reverse()))
})

test('the shape tells nested columns apart by what is inside of them', () => {
  const inside = (change: object) =>
    Order.fields.map((field) => ({ ...field, children: field.children?.map((child) => ({ ...child, ...change })) }) as Field)
  const shape = shapeOf(Order.fields)
  expect(shapeOf(inside({}))).toBe(shape)
  for (const change of [{ name: 'x' }, { kind: 'number' }, { optional: true, nullable: true }]) expect(shapeOf(inside(change))).not.toBe(shape)
  expect(shapeOf(Order.fields.map((field) => ({ ...field, scale: 9 })))).not.toBe(shape)
})

test('a file without a footer is called rows', () => {
  expect(describe(null)).toEqual({ name: 'rows', version: 1, keys: [] })
  expect(describe({ schema: 's', version: 2, keys: ['k'], flow: 'all', tasks: {} })).toEqual({ name: 's', version: 2, keys: ['k'] })
})
