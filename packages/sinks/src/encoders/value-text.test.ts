import type { Field } from '@tickets/core'
import { expect, test } from 'vitest'
import { Order, orders } from '../../test/nested.ts'
import { jsonValue } from './value-text.ts'

const textOf = (name: string) => jsonValue(Order.fields.find((field) => field.name === name) as Field)

test('nested values are JSON, with instants as ISO 8601, decimals as text and bytes as base64', () => {
  const [, one] = orders
  expect(textOf('user')(one?.user)).toBe('{"id":1,"address":{"city":"c1","kind":"work","since":"1969-12-31"}}')
  expect(textOf('products')(one?.products)).toBe('[{"sku":"s1-0","price":"-19.50","flags":[true,null,false]}]')
  expect(textOf('counts')(one?.counts)).toBe('{"a":1,"b":null}')
  expect(textOf('blob')(one?.blob)).toBe('"Af8A"')
  expect(textOf('payment')({ by: 'card', last4: '1', paid: new Date(0) })).toBe('{"by":"card","last4":"1","paid":"1970-01-01T00:00:00.000Z"}')
  expect(textOf('any')({ a: ['é'] })).toBe('{"a":["é"]}')
})

test('a number that JSON cannot hold is refused with its path', () => {
  const number = { name: 'real', kind: 'number', values: [], optional: false, nullable: false } as const
  const list: Field = { ...number, name: 'c', kind: 'list', children: [{ ...number, kind: 'struct', children: [number] }] }
  expect(() => jsonValue(list)([{ real: Number.POSITIVE_INFINITY }])).toThrow('column "c.element.real" holds Infinity')
  expect(jsonValue(list)([{ real: -0 }])).toBe('[{"real":-0.0}]')
})
