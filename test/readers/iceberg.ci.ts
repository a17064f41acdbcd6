import { bytes, date, decimal, defineSchema, instant, type RowOf } from '@tickets/core'
import { day } from '@tickets/sinks'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { canonical, Order, orders } from '../../packages/sinks/test/nested.ts'
import { columns, labels, Reading, rows } from './data.ts'
import { ask, CATALOGS, canRun, IcebergWriter, READERS, type Said, sorted } from './iceberg-tables.ts'

/** A row as readers should give it. */
const said = (row: object): Said =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'number' ? String(value) : value instanceof Date ? value.toISOString() : (value ?? null),
    ]),
  )
const complete = (row: Reading) => said(Object.fromEntries(Object.keys(columns).map((name) => [name, row[name as keyof Reading]])))

/** Readers write doubles with other digits, and give the pairs of a map in their own way. */
const same = (row: Said): Said => ({
  ...row,
  ...(row.real !== undefined && { real: String(Number(row.real)) }),
  ...(Array.isArray(row.counts) && { counts: Object.fromEntries(row.counts as [string, unknown][]) }),
})

const Edge = defineSchema(
  z.object({
    n: z.int(),
    at: instant(),
    text: z.string().nullable(),
    real: z.number(),
    small: z.int32(),
    yes: z.boolean(),
    day: date(),
    price: decimal(10, 2),
    fine: decimal(18, 4),
    blob: bytes(),
    inner: z.object({ m: z.int() }),
  }),
  { name: 'edge', time: 'at' },
)
type Edge = RowOf<typeof Edge>
const of = <T>(values: readonly T[], i: number): T => values[i % values.length] as T
const edges: readonly Edge[] = Array.from({ length: 36 }, (_, i) => ({
  n: i,
  at: of(['0001-01-01T00:00:00.001Z', '1969-12-31T23:59:59.999Z', '2026-03-29T01:30:00.123Z', '2026-03-29T01:30:00.124Z'], i) as never,
  // In UTF-16 the order of the last two is the other one.
  text: of(['', 'Z', null, 'é'.repeat(65), 'x'.repeat(5000), '🎫'.repeat(32), '\ufffd', '🎫'], i),
  real: of([-1e300, -1.5, -0, 0, 0.1, 1.7976931348623157e308], i),
  small: of([-(2 ** 31), -1, 0, 2 ** 31 - 1], i),
  yes: i % 3 === 0,
  day: of(['1969-12-31', '1970-01-01', '2024-02-29', '9999-12-31'], i),
  price: of(['-99999999.99', '-0.01', '0.00', '99999999.99'], i),
  fine: of(['-12345678901234.5678', '0.0001', '12345678901234.5677'], i),
  blob: of(['AA==', '/w=='], i) as never,
  inner: { m: i - 18 },
}))

/** Conditions for which readers skip files by their statistics, and which rows they are true of. */
const conditions: readonly [string, (row: Edge) => boolean][] = [
  [`"at" >= '2026-03-29T01:30:00.124+00:00'`, ({ at }) => String(at) >= '2026-03-29T01:30:00.124Z'],
  [`"at" < '1970-01-01T00:00:00+00:00'`, ({ at }) => String(at) < '1970'],
  ["text = '🎫'", ({ text }) => text === '🎫'],
  ["text = ''", ({ text }) => text === ''],
  ['text is null', ({ text }) => text === null],
  [`text = '${'é'.repeat(65)}'`, ({ text }) => text === 'é'.repeat(65)],
  ['real > 1', ({ real }) => real > 1],
  ['real = 0', ({ real }) => real === 0],
  ['small = -2147483648', ({ small }) => small === -(2 ** 31)],
  ['small > 0', ({ small }) => small > 0],
  ['yes = true', ({ yes }) => yes],
  ["day = '1969-12-31'", (row) => row.day === '1969-12-31'],
  ["day > '2024-02-28'", (row) => row.day > '2024-02-28'],
]

describe.skipIf(!canRun).each(CATALOGS)('Iceberg tables in a %s catalog by readers that are not ours', (catalog) => {
  describe.each(READERS)('%s', (reader) => {
    test('reads nested columns of two tasks over several ranges', async () => {
      const json = orders.map((order) => ({ ...order, blob: order.blob && Buffer.from(order.blob).toString('base64') })) as unknown as Order[]
      const table = new IcebergWriter(Order, [json.slice(0, 25), json.slice(25)], { catalog, range: 7 })
      await table.run()
      const { rows: found } = await table.read(reader)
      expect(sorted(found, 'id').map(same)).toEqual(sorted(orders.map(canonical), 'id'))
    })

    test('reads every kind of column, with texts as they are', async () => {
      const table = new IcebergWriter(Reading, [rows.slice(0, 9), rows.slice(9)], { catalog, range: 4 })
      await table.run()
      const { rows: found } = await table.read(reader)
      expect(sorted(found, 'label').map(same)).toEqual(sorted(rows.map(complete).map(same), 'label'))
    })

    test('reads partitions with values as they are, and finds the rows of each', async () => {
      const partitionBy = ['label', 'group', 'number', 'open', day('at'), day('atOrNull')] as const
      const more = ['', '__HIVE_DEFAULT_PARTITION__'].map((label) => ({ ...(rows[0] as Reading), label }))
      const all = [...rows, ...more]
      const table = new IcebergWriter(Reading, [all.slice(0, 9), all.slice(9)], { catalog, range: 5, options: { partitionBy } })
      await table.run()
      const { rows: found } = await table.read(reader)
      expect(sorted(found, 'label').map(same)).toEqual(sorted(all.map(complete).map(same), 'label'))
      for (const label of ['', 'plain', 'a/b', '%41', 'NULL', '#?*[]{}^:"\\', '🎫 ticket', '__HIVE_DEFAULT_PARTITION__'].filter(
        (one) => labels.includes(one) || one === '' || one.startsWith('__'),
      )) {
        const { rows: some } = await table.read(reader, { where: `label = '${label}'` })
        expect(
          some.map((row) => row.label),
          label,
        ).toEqual([label])
      }
      const nulls = all.filter(({ group }) => group === null).length
      expect((await table.read(reader, { where: '"group" is null' })).rows).toHaveLength(nulls)
      const [first] = all as [Reading]
      const from = first.at.toISOString().replace(/T.*/, 'T00:00:00+00:00')
      expect((await table.read(reader, { where: `"at" >= '${from}'` })).rows).toHaveLength(all.filter(({ at }) => at >= new Date(from)).length)
    })

    test('skips no row by the statistics of files', async () => {
      const table = new IcebergWriter(Edge, [edges], { catalog, range: 3 })
      await table.run()
      const { found } = await ask<{ found: number[][] }>({ do: 'numbers', reader, ...table.place, conditions: conditions.map(([where]) => where) })
      const expected = conditions.map(([, holds]) => edges.filter(holds).map(({ n }) => n))
      expect(found.map((numbers, i) => [conditions[i]?.[0], numbers])).toEqual(expected.map((numbers, i) => [conditions[i]?.[0], numbers]))
      expect(expected.every((numbers) => numbers.length > 0)).toBe(true)
    })
  })

  test('the statistics of files are those of their rows, under the types of the table', async () => {
    const table = new IcebergWriter(Edge, [edges.slice(0, 4)], { catalog })
    await table.run()
    const { rows: files } = await ask<{ rows: { readable_metrics: Record<string, Record<string, unknown>>; record_count: number }[] }>({
      do: 'files',
      ...table.place,
    })
    const [{ readable_metrics: metrics = {}, record_count = 0 } = {}] = files
    expect([files.length, record_count]).toEqual([1, 4])
    const bounds = (name: string) => [metrics[name]?.lower_bound, metrics[name]?.upper_bound, metrics[name]?.null_value_count]
    expect(bounds('n')).toEqual([0, 3, 0])
    expect(bounds('small')).toEqual([-(2 ** 31), 2 ** 31 - 1, 0])
    expect(bounds('text').at(-1)).toBe(1)
    expect(bounds('day')).toEqual(['1969-12-31', '9999-12-31', 0])
    expect(bounds('price')).toEqual(['-99999999.99', '99999999.99', 0])
    expect(bounds('at').map(String)).toEqual(['0001-01-01 00:00:00.001000+00:00', '2026-03-29 01:30:00.124000+00:00', '0'])
    expect(bounds('yes')).toEqual([false, true, 0])
    expect(bounds('blob')).toEqual([null, null, 0])
  })
})
