import { expect, test } from 'vitest'
import { Sale, shop } from '../../../test/star.ts'
import { dateDimension } from './date-dimension.ts'
import { planStar } from './plan-star.ts'

test('dimensions are in their order, which is that in which they are loaded', () => {
  const plan = planStar(shop.dimensions, shop.facts as never)
  expect(plan.dimensions.map(({ table }) => table)).toEqual(['dim_customer', 'dim_product', 'dim_day'])
  expect(plan.facts.map(({ table }) => table)).toEqual(['fact_sale', 'fact_refund'])
})

test.each([
  ['no fact', {}, {}, /at least one fact/],
  ['a fact without a schema', {}, { sale: { key: 'sale_id' } }, /fact "sale" needs the schema of its rows/],
  ['two dimensions of days', { a: dateDimension(), b: dateDimension() }, { sale: { schema: Sale } }, /one dimension of days is enough, got a, b/],
  [
    'one table twice',
    { product: { key: 'id', table: 'Fact_sale' } },
    { sale: { schema: Sale, refers: { product: 'product_id' } } },
    /two parts of the star schema have the table fact_sale/,
  ],
])('%s is refused', (_, dimensions, facts, message) => {
  expect(() => planStar(dimensions as never, facts as never)).toThrowError(
    expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringMatching(message) }),
  )
})
