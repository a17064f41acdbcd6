import fc from 'fast-check'
import { of } from 'rxjs'
import { expect, expectTypeOf, test } from 'vitest'
import * as z from 'zod'
import { Batch, internals, type RowOf } from '../batch/batch.ts'
import { defineSchema } from '../schema/define.ts'
import { checkOperator } from '../testing/check-operator.ts'
import { instant } from '../values/instant.ts'
import { explode } from './explode.ts'

const Order = defineSchema(
  z.object({
    at: instant(),
    user: z.object({ id: z.int(), country: z.string().nullable() }),
    products: z.array(z.object({ sku: z.string(), size: z.enum(['s', 'm', 'l']).nullable(), parts: z.array(z.int()) })).nullish(),
    tags: z.array(z.string()),
  }),
  { name: 'order', time: 'at' },
)
type Order = RowOf<typeof Order>
type Product = NonNullable<Order['products']>[number]

const at = (second: number) => new Date(1767225600000 + second * 1000)
const product = (sku: string): Product => ({ sku, size: sku === 'b' ? null : 'm', parts: sku === 'c' ? [] : [1, 2] })
const order = (i: number, products: Product[] | null, tags: string[] = []): Order => ({
  at: at(i),
  user: { id: i, country: i % 2 ? 'FR' : null },
  products,
  tags,
})

function exploded<O extends boolean = false>(batch: Batch<Order>, options?: { outer: O }) {
  const made: Batch<unknown>[] = []
  of(batch)
    .pipe(explode('products', options))
    .subscribe((one) => made.push(one))
  return made
}

test('makes a row for each element, in place of the list, and none of an empty or missing list', () => {
  const rows = [order(0, [product('a'), product('b')]), order(1, []), order(2, null), order(3, [product('c')], ['x'])]
  const [made, ...more] = exploded(Batch.of(Order, rows))
  expect(more).toEqual([])
  expect(made?.toArray()).toEqual([
    { ...order(0, null), products: product('a') },
    { ...order(0, null), products: product('b') },
    { ...order(3, null, ['x']), products: product('c') },
  ])
})

test('with `outer`, a row without elements stays, with null', () => {
  const rows = [order(0, []), order(1, [product('a')]), order(2, null)]
  expect(exploded(Batch.of(Order, rows), { outer: true }).flatMap((batch) => batch.toArray())).toEqual([
    { ...order(0, null), products: null },
    { ...order(1, null), products: product('a') },
    { ...order(2, null), products: null },
  ])
})

test('gives what a loop over the rows gives, of any lists', () => {
  const products = fc.array(
    fc.record({
      sku: fc.string({ unit: 'grapheme' }),
      size: fc.constantFrom('s' as const, 'm' as const, 'l' as const, null),
      parts: fc.array(fc.integer(), { maxLength: 3 }),
    }),
    { maxLength: 4 },
  )
  const row = fc.record({ products: fc.option(products), tags: fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 2 }) })
  fc.assert(
    fc.property(fc.array(row, { maxLength: 200 }), fc.boolean(), (list, outer) => {
      const rows = list.map(({ products, tags }, i) => order(i, products, tags))
      const expected = rows.flatMap((one): object[] => {
        const elements = one.products ?? []
        return elements.length === 0 && outer ? [{ ...one, products: null }] : elements.map((products) => ({ ...one, products }))
      })
      expect(exploded(Batch.of(Order, rows), { outer }).flatMap((batch) => batch.toArray())).toEqual(expected)
    }),
    { numRuns: 60 },
  )
})

test('each row keeps the position and the watermark of its parent', () => {
  const plain = Batch.of(Order, [order(0, [product('a'), product('b')]), order(1, []), order(2, [product('c')])])
  const metadata = { watermarks: Float64Array.of(10, 20, 30), offsets: Float64Array.of(7, 8, 9) }
  const [made] = exploded(internals.make(Order, internals.columns(plain), plain.length, metadata, 'task'))
  expect(made && [internals.metadata(made), internals.origin(made)]).toEqual([
    { watermarks: Float64Array.of(10, 10, 30), offsets: Float64Array.of(7, 7, 9) },
    'task',
  ])
})

test('an empty batch passes, lists of plain values too, and rows that become many are cut into batches', () => {
  expect(exploded(Batch.of(Order, [])).map(({ length }) => length)).toEqual([0])
  const tags = Array.from({ length: 20_000 }, (_, i) => `t${i}`)
  const made: Batch<{ tags: string }>[] = []
  of(Batch.of(Order, [order(0, null, tags), order(1, null, ['last'])]))
    .pipe(explode('tags'))
    .subscribe((one) => made.push(one))
  expect(made.map(({ length }) => length)).toEqual([16_384, 3617])
  expect(made.flatMap((batch) => batch.toArray().map(({ tags }) => tags))).toEqual([...tags, 'last'])
})

test('a column that holds no list is refused by name', () => {
  const errors: unknown[] = []
  of(Batch.of(Order, []))
    .pipe(explode('user' as never))
    .subscribe({ error: (error) => errors.push(error) })
  expect(errors).toMatchObject([{ code: 'OPTION_INVALID', message: expect.stringContaining('"user" of order holds none') }])
})

test('the types know the columns that hold lists, and what stands in their place', () => {
  // @ts-expect-error an object
  explode<Order, 'user'>('user')
  const plain = () => of(Batch.of(Order, [])).pipe(explode('products'))
  const outer = () => of(Batch.of(Order, [])).pipe(explode('products', { outer: true }))
  type RowsOf<F extends () => unknown> = ReturnType<F> extends { subscribe(next: (batch: Batch<infer R>) => void): unknown } ? R : never
  expectTypeOf<RowsOf<typeof plain>['products']>().toEqualTypeOf<Product>()
  expectTypeOf<RowsOf<typeof outer>['products']>().toEqualTypeOf<Product | null>()
})

test('keeps the laws of operators', () => {
  const rows = Array.from({ length: 100 }, (_, i) =>
    order(i - (i % 3), i % 5 === 0 ? null : Array.from({ length: i % 4 }, (_, k) => product('abc'[k] as string))),
  )
  checkOperator(Order, explode('products'), { rows })
  checkOperator(Order, explode('products', { outer: true }), { rows })
})
