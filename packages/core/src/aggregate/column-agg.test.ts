import { from, lastValueFrom, toArray } from 'rxjs'
import { expect, expectTypeOf, test } from 'vitest'
import * as z from 'zod'
import { Batch, type RowOf } from '../batch/batch.ts'
import { windowed } from '../operators/windowed.ts'
import { defineSchema } from '../schema/define.ts'
import { decimal } from '../values/decimal.ts'
import { instant } from '../values/instant.ts'
import { tumbling } from '../window/tumbling.ts'
import type { CheckedColumns, ColumnAgg, ColumnError } from './column-agg.ts'
import { count, countWhere } from './count.ts'
import { max } from './extreme.ts'
import { last } from './first-last.ts'
import { mean } from './mean.ts'
import { sum } from './sum.ts'

const Sale = defineSchema(
  z.object({
    at: instant(),
    kind: z.enum(['a', 'b']),
    who: z.string(),
    paid: z.number().optional(),
    tax: z.number().nullable(),
    refund: z.int().optional(),
  }),
  { name: 'sale', time: 'at' },
)
type Sale = RowOf<typeof Sale>
const window = tumbling({ size: '10s' })

test('an aggregate is checked against the columns of its rows', () => {
  windowed<Sale, never, { n: ColumnAgg<'kind', unknown, number, 'a'> }>(window, { aggregate: { n: countWhere('kind', 'a') } })
  // @ts-expect-error the enum has no such member
  windowed<Sale, never, { n: ColumnAgg<'kind', unknown, number, 'zzz'> }>(window, { aggregate: { n: countWhere('kind', 'zzz') } })
  const sales = from([] as Batch<Sale>[])
  sales.pipe(windowed(window, { aggregate: { n: count(), a: countWhere('kind', 'a'), text: countWhere('who', 'anybody') } }))
  sales.pipe(windowed(window, { by: 'kind', aggregate: { n: sum('paid'), m: mean('tax'), x: max('refund'), none: countWhere('tax', null) } }))
  // @ts-expect-error the enum has no such member
  sales.pipe(windowed(window, { aggregate: { n: countWhere('kind', 'zzz') } }))
  // @ts-expect-error a number is compared with a text
  sales.pipe(windowed(window, { aggregate: { n: countWhere('paid', 'zzz') } }))
  // @ts-expect-error the column holds no numbers
  sales.pipe(windowed(window, { aggregate: { n: sum('who') } }))
  // @ts-expect-error there is no such column
  sales.pipe(windowed(window, { aggregate: { n: max('amount') } }))
  const kind: string = 'a'
  sales.pipe(windowed(window, { aggregate: { n: countWhere('kind', kind) } }))
})

test('what does not go with the rows is said in words', () => {
  type Said<A> = CheckedColumns<Sale, { n: A }>['n']
  const says = <A extends string>(_: ColumnError<A>) => {}
  const nothing = () => undefined as never
  says<'the column kind is never zzz'>(nothing() as Said<ColumnAgg<'kind', unknown, number, 'zzz'>>)
  says<'the column who holds no numbers'>(nothing() as Said<ColumnAgg<'who', number, number>>)
  says<'the rows have no column amount'>(nothing() as Said<ColumnAgg<'amount', number, number>>)
})

test('optional and nullable columns are summed without the values they lack', async () => {
  const at = new Date(Date.UTC(2026, 0, 1))
  const rows: Sale[] = [
    { at, kind: 'a', who: 'x', tax: null, paid: 3 },
    { at, kind: 'b', who: 'y', tax: 2, refund: 5 },
  ]
  const shown = from([Batch.of(Sale, rows)]).pipe(
    windowed(window, { aggregate: { paid: sum('paid'), tax: mean('tax'), refund: max('refund') } }),
    toArray(),
  )
  expect((await lastValueFrom(shown)).flatMap((batch) => batch.toArray())).toMatchObject([{ paid: 3, tax: 2, refund: 5 }])
})

test('an aggregate takes the path of a member, and its result has the type of that', async () => {
  const Order = defineSchema(z.object({ at: instant(), user: z.object({ age: z.int(), paid: decimal(10, 2), country: z.string() }).nullish() }), {
    name: 'order',
    time: 'at',
  })
  type Order = RowOf<typeof Order>
  const at = new Date(Date.UTC(2026, 0, 1))
  const user = (age: number, paid: string) => ({ age, paid, country: 'FR' })
  const orders = from([
    Batch.of<Order>(Order, [
      { at, user: user(7, '9.00') },
      { at, user: null },
      { at, user: user(30, '10.00') },
    ]),
  ])
  const shown = orders.pipe(
    windowed(window, { aggregate: { oldest: max('user.age'), paid: max('user.paid'), ages: sum('user.age'), last: last('user.country') } }),
    toArray(),
  )
  const [row] = (await lastValueFrom(shown)).flatMap((batch) => batch.toArray())
  expect(row).toMatchObject({ oldest: 30, paid: '10.00', ages: 37, last: 'FR' })
  expectTypeOf<NonNullable<typeof row>['oldest']>().toEqualTypeOf<number | null>()
  expectTypeOf<NonNullable<typeof row>['last']>().toEqualTypeOf<string | null>()
  // @ts-expect-error there is no such member
  orders.pipe(windowed(window, { aggregate: { n: max('user.size') } }))
  // @ts-expect-error the member holds no numbers
  orders.pipe(windowed(window, { aggregate: { n: sum('user.country') } }))
})
