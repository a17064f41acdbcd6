import {
  count,
  countDistinct,
  countWhere,
  date,
  decimal,
  defineSchema,
  first,
  instant,
  into,
  last,
  max,
  mean,
  min,
  pipeline,
  quantile,
  type RowOf,
  sum,
  sumDecimal,
  topK,
  tumbling,
  windowed,
} from '@tickets/core'
import { memoryLog, memorySource, messagesOf } from '@tickets/core/testing'
import { parquetSink } from '@tickets/sinks'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { duck, folder } from './helpers.ts'

const Order = defineSchema(
  z.object({
    at: instant(),
    shop: z.enum(['a', 'b', 'c']),
    price: decimal(12, 2),
    big: decimal(38, 10).nullable(),
    user: z.object({ country: z.string(), age: z.int().nullable(), born: date(), paid: decimal(10, 3), level: z.enum(['new', 'old']) }).nullish(),
  }),
  { name: 'order', time: 'at' },
)
type Order = RowOf<typeof Order>

/** Decimals of both signs whose texts sort otherwise than their numbers. */
const orders = Array.from({ length: 4000 }, (_, i) => {
  const sign = i % 3 === 0 ? '-' : ''
  const user = {
    country: `c${(i * 7) % 13}`,
    age: i % 4 === 0 ? null : (i * 31) % 97,
    born: `${1900 + ((i * 37) % 120)}-0${1 + (i % 9)}-15`,
    paid: `${sign}${(i * 1237) % 5000}.${String(i % 1000).padStart(3, '0')}`,
    level: i % 2 ? 'new' : 'old',
  }
  return {
    at: new Date(1767225600000 + i * 5000).toISOString(),
    shop: 'abc'[(i * 5) % 3],
    price: `${sign}${(i * 7919) % 12000}.${10 + (i % 90)}`,
    big: i % 5 === 0 ? null : `${sign}${10n ** BigInt(i % 27)}.${i}`,
    ...(i % 11 === 0 ? {} : { user }),
  }
})

test('aggregates of decimals, dates and members of objects are those of DuckDB, merged from several tasks', async () => {
  const out = await folder()
  await pipeline({
    name: 'orders',
    source: memorySource<Order>({
      schema: Order,
      partitions: [messagesOf(orders.filter((_, i) => i % 3 !== 1)), messagesOf(orders.filter((_, i) => i % 3 === 1))],
    }),
    log: memoryLog(),
    range: { rows: 700 },
    flows: (all) => ({
      raw: all.pipe(into(parquetSink(`${out}/raw`))),
      hours: all.pipe(
        windowed(tumbling({ size: '1 hour' }), {
          by: 'shop',
          aggregate: {
            rows: count(),
            least: min('price'),
            most: max('price'),
            least_big: min('big'),
            most_big: max('big'),
            least_paid: min('user.paid'),
            most_paid: max('user.paid'),
            oldest: min('user.born'),
            youngest: max('user.born'),
            last_country: max('user.country'),
            first_paid: first('user.paid'),
            last_price: last('price'),
            last_born: last('user.born'),
            countries: countDistinct('user.country'),
            prices: countDistinct('user.paid'),
            about: countDistinct('user.country', { approximate: true }),
            days: countDistinct('user.born'),
            fresh: countWhere('user.level', 'new'),
            ages: sum('user.age'),
            mean_age: mean('user.age'),
            median_age: quantile('user.age', 0.5),
            paid: sumDecimal('user.paid'),
          },
        }),
        into(parquetSink(`${out}/hours`)),
      ),
    }),
  }).run({ handleSignals: false })

  const [raw, hours] = [`'${out}/raw/*.parquet'`, `'${out}/hours/*.parquet'`]
  const expected = `SELECT time_bucket(INTERVAL 1 HOUR, "at") AS window_start, shop, count(*) AS rows, min(price) AS least, max(price) AS most,
    min(big) AS least_big, max(big) AS most_big, min("user".paid) AS least_paid, max("user".paid) AS most_paid, min("user".born) AS oldest,
    max("user".born) AS youngest, max("user".country) AS last_country, arg_min("user".paid, "at") AS first_paid, arg_max(price, "at") AS last_price,
    arg_max("user".born, "at") AS last_born, count(DISTINCT "user".country) AS countries, count(DISTINCT "user".paid) AS prices,
    count(DISTINCT "user".country) AS about, count(DISTINCT "user".born) AS days, count(*) FILTER ("user".level = 'new') AS fresh,
    sum("user".age) AS ages, sum("user".paid) AS paid FROM ${raw} GROUP BY ALL`
  const names = `window_start, shop, rows, least, most, least_big, most_big, least_paid, most_paid, oldest, youngest, last_country, first_paid, last_price,
    last_born, countries, prices, about, days, fresh, ages, paid`
  expect(await duck(`SELECT count(*)::INT AS n FROM ${hours}`)).toEqual([{ n: 18 }])
  expect(await duck(`SELECT ${names} FROM ${hours} EXCEPT ALL (${expected})`)).toEqual([])
  expect(await duck(`(${expected}) EXCEPT ALL SELECT ${names} FROM ${hours}`)).toEqual([])

  const types = await duck(`SELECT column_name AS name, column_type AS type FROM (DESCRIBE SELECT * FROM ${hours})`)
  const typeOf = Object.fromEntries(types.map(({ name, type }) => [name, type]))
  expect(typeOf).toMatchObject({
    least: 'DECIMAL(12,2)',
    most_big: 'DECIMAL(38,10)',
    most_paid: 'DECIMAL(10,3)',
    first_paid: 'DECIMAL(10,3)',
    paid: 'DECIMAL(38,3)',
    oldest: 'DATE',
    ages: 'BIGINT',
    mean_age: 'DOUBLE',
  })
  const means = `SELECT shop, time_bucket(INTERVAL 1 HOUR, "at") AS window_start, avg("user".age) AS mean, quantile_disc("user".age, 0.5) AS median FROM ${raw} GROUP BY ALL`
  const far = `SELECT count(*)::INT AS n FROM ${hours} JOIN (${means}) USING (shop, window_start) WHERE abs(mean - mean_age) > 1e-9 OR abs(median - median_age) > 0.02 * median + 1`
  expect(await duck(far)).toEqual([{ n: 0 }])
})

test('the most frequent decimals come with the smaller number first where counts are equal', async () => {
  const out = await folder()
  const prices = ['10.00', '9.00', '-1.00', '-2.00', '100.00', '10.00']
  const rows = prices.map((price, i) => ({ ...orders[1], at: new Date(1767225600000 + i * 1000).toISOString(), shop: 'a', price }))
  await pipeline({
    name: 'orders',
    source: memorySource<Order>({ schema: Order, partitions: [messagesOf(rows.slice(0, 3)), messagesOf(rows.slice(3))] }),
    log: memoryLog(),
    range: { rows: 1 },
    flows: (all) => ({ top: all.pipe(windowed(tumbling({ size: '1 hour' }), { aggregate: { top: topK('price', 4) } }), into(parquetSink(out))) }),
  }).run({ handleSignals: false })
  expect(await duck(`SELECT top FROM '${out}/*.parquet'`)).toEqual([{ top: '[["10.00",2],["-2.00",1],["-1.00",1],["9.00",1]]' }])
})
