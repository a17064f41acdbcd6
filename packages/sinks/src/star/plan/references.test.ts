import { expect, test } from 'vitest'
import { Sale, shop } from '../../../test/star.ts'
import { dateDimension } from './date-dimension.ts'
import { type AnyFact, columnsOf, keyName, referencesOf } from './references.ts'

const dimensions = shop.dimensions
const of = (fact: object) => referencesOf('sale', { schema: Sale, ...fact } as AnyFact, dimensions)

test('a reference has the column of the key, and a role its own', () => {
  const found = of({ refers: { customer: 'user.id', day: 'at' }, roles: { shipped_on: { day: 'shipped_at' } } })
  expect(found.map(({ dimension, column, key }) => [dimension, column, key.path, key.field.nullable])).toEqual([
    ['customer', 'customer_id', 'user.id', true],
    ['day', 'date_key', 'at', false],
    ['day', 'shipped_on', 'shipped_at', true],
  ])
})

test('a reference by all columns says where the rows have each', () => {
  const [found] = of(shop.facts.sale)
  expect([...(found?.gives ?? [])].map(([column, { path }]) => `${column} ← ${path}`)).toEqual([
    'name ← user.name',
    'country ← user.country',
    'first_seen ← at',
    'last_seen ← at',
  ])
})

test.each([
  ['a dimension that is not there', { refers: { custommer: 'user.id' } }, /reference "custommer" has no dimension. Did you mean customer\?/],
  ['a path that is not there', { refers: { product: 'produkt_id' } }, /sale has no column "produkt_id". Did you mean product_id\?/],
  ['a column left out', { refers: { customer: { customer_id: 'user.id', name: 'user.name' } } }, /"customer", country: sale has no column undefined/],
  ['a column too many', { refers: { customer: { ...shop.facts.sale.refers.customer, age: 'at' } } }, /gives "age", which is no column/],
  ['a key of a nested kind', { refers: { product: 'lines' } }, /"lines" of sale is list, by which members cannot be told apart/],
  ['a day of a text', { refers: { day: 'sale_id' } }, /"sale_id" of sale is string, and a day is taken from an instant or a date/],
  ['columns of a day', { refers: { day: { date_key: 'at' } } }, /is a dimension of days/],
  ['a role of two dimensions', { roles: { x: { day: 'at', product: 'product_id' } } }, /role "x" names one dimension/],
])('%s is refused, by name', (_, fact, message) => {
  expect(() => of(fact)).toThrowError(expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringMatching(message) }))
})

test('columns in a list are all newest', () => {
  expect([...columnsOf({ key: 'a', columns: ['b'] })]).toEqual([['b', 'newest']])
  expect([...columnsOf({ key: 'a' })]).toEqual([])
  expect(keyName(dateDimension())).toBe('date_key')
})
