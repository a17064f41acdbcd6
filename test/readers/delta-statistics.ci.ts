import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bytes, date, decimal, defineSchema, instant, type RowOf } from '@tickets/core'
import { beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { ask, type DeltaReader, DeltaWriter, newPath, python, READERS, type Said } from './delta-tables.ts'

const Edge = defineSchema(
  z.object({
    at: instant(),
    n: z.int(),
    text: z.string(),
    kind: z.enum(['b', 'a', 'é']),
    real: z.number(),
    small: z.int32(),
    yes: z.boolean(),
    day: date(),
    price: decimal(10, 2),
    tiny: decimal(15, 10),
    fine: decimal(18, 4),
    big: decimal(38, 10),
    blob: bytes(),
    maybe: z.string().optional(),
    never: z.int().nullable(),
    inner: z.object({ n: z.int() }).nullable(),
  }),
  { name: 'edge', time: 'at' },
)
type Edge = RowOf<typeof Edge>

/** In UTF-16 the order of the last two is the other one. */
const texts = ['', ' ', 'Z', 'a', 'é', 'é'.repeat(64), 'é'.repeat(65), 'x'.repeat(64), 'x'.repeat(5000), '🎫'.repeat(32), '\ufffd', '🎫']
const reals = [-1e300, -1e-7, -1.5, -5e-324, -0, 0, 5e-324, 0.1, 1.7976931348623157e308]
const wholes = [-(2 ** 53) + 1, -1, 0, 1, 2 ** 53 - 1]
const smalls = [-(2 ** 31), -1, 0, 1, 2 ** 31 - 1]
const instants = [
  '0001-01-01T00:00:00.001Z',
  '1969-12-31T23:59:59.999Z',
  '1970-01-01T00:00:00.000Z',
  '2026-03-29T01:30:00.123Z',
  '2026-03-29T01:30:00.124Z',
]
const dates = ['0001-01-01', '1969-12-31', '1970-01-01', '2024-02-29', '9999-12-31']
const prices = ['-99999999.99', '-0.01', '0.00', '0.10', '99999999.99']
const tinies = ['-99999.9999999999', '-0.0000000001', '0.0000000001', '0.0000001000', '99999.9999999999']
/** Doubles hold none of these exactly. */
const fines = ['-12345678901234.5678', '-12345678901234.5677', '0.0001', '12345678901234.5677', '12345678901234.5678']
const bigs = [
  '-9999999999999999999999999999.9999999999',
  '-0.0000000001',
  '0.0000000000',
  '9007199254740993.0000000001',
  '9999999999999999999999999999.9999999999',
]
const blobs = ['', 'AA==', 'gA==', '/w==', 'YQ==']

const of = <T>(values: readonly T[], i: number): T => values[i % values.length] as T
const KINDS = ['b', 'a', 'é'] as const
const ROWS = 36
const PER_FILE = 3

/** Rows of which three neighbours are a file. */
const edges = Array.from({ length: ROWS }, (_, i) => ({
  at: of(instants, i),
  n: i === 0 ? wholes[0] : i,
  text: of(texts, i),
  kind: of(KINDS, i),
  real: of(reals, i),
  small: of(smalls, i),
  yes: i % 4 < 2,
  day: of(dates, i),
  price: of(prices, i),
  tiny: of(tinies, i),
  fine: of(fines, i),
  big: of(bigs, i),
  blob: of(blobs, i),
  ...(i % 3 === 0 ? {} : { maybe: of(texts, i) }),
  never: null,
  inner: i % 3 === 0 ? null : { n: i },
}))

/** Writes a table without its statistics. */
async function withoutStatistics(path: string): Promise<string> {
  const copy = newPath()
  await cp(path, copy, { recursive: true })
  const log = join(copy, '_delta_log')
  for (const name of await readdir(log)) {
    if (!name.endsWith('.json')) {
      await rm(join(log, name))
      continue
    }
    const lines = (await readFile(join(log, name), 'utf8')).trim().split('\n')
    const bare = lines.map((line) => JSON.stringify(JSON.parse(line, (key, value) => (key === 'stats' ? undefined : value))))
    await writeFile(join(log, name), `${bare.join('\n')}\n`)
  }
  return copy
}

const text = (value: unknown) => String(value).replaceAll("'", "''")
const cast = (type: string) => (value: unknown) => `CAST('${Object.is(value, -0) ? '-0.0' : text(value)}' AS ${type})`
const literals: Readonly<Record<string, readonly [values: readonly unknown[], literal: (value: unknown) => string]>> = {
  text: [texts, (value) => `'${text(value)}'`],
  maybe: [texts, (value) => `'${text(value)}'`],
  kind: [KINDS, (value) => `'${text(value)}'`],
  real: [reals, cast('DOUBLE')],
  small: [smalls, String],
  n: [[wholes[0], 0, 1, 2, 20, 35, wholes[4]], String],
  day: [dates, cast('DATE')],
  price: [prices, cast('DECIMAL(10, 2)')],
  tiny: [tinies, cast('DECIMAL(15, 10)')],
  fine: [fines, cast('DECIMAL(18, 4)')],
  big: [bigs, cast('DECIMAL(38, 10)')],
  at: [instants, cast('TIMESTAMP WITH TIME ZONE')],
}
/** DataFusion takes instants for nanoseconds, which have no year 1, by default. */
const microseconds = (value: unknown) => `arrow_cast('${value}', 'Timestamp(Microsecond, Some("UTC"))')`
const conditionsFor = (reader: DeltaReader) =>
  Object.entries(literals).flatMap(([name, [values, literal]]) => {
    if (!isReadBy(reader, name)) return []
    const say = name === 'at' && reader === 'delta-rs' ? microseconds : literal
    return [
      ...values.flatMap((value) => ['=', '<', '>=', '<>'].map((operator) => ({ name, value, operator, sql: `"${name}" ${operator} ${say(value)}` }))),
      ...['IS NULL', 'IS NOT NULL'].map((operator) => ({ name, value: null, operator, sql: `"${name}" ${operator}` })),
    ]
  })
const others = ['yes', 'NOT yes', 'yes IS NULL', 'never IS NULL', 'never IS NOT NULL', 'never = 1', '"text" LIKE \'é%\'']

/** `to_pyarrow_dataset` takes no extreme for a null, which nothing equals, and delta-rs writes doubles for decimals itself. */
const isReadBy = (reader: DeltaReader, name: string) => reader !== 'dataset' || !['price', 'tiny', 'fine', 'big'].includes(name)

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))
const byNumber = (a: unknown, b: unknown) => Number(a) - Number(b)
/** How the values of the columns with statistics are ordered. */
const orders: Readonly<Record<string, (a: never, b: never) => number>> = {
  text: byBytes,
  maybe: byBytes,
  kind: byBytes,
  at: byBytes,
  day: byBytes,
  real: byNumber,
  small: byNumber,
  n: byNumber,
  price: byNumber,
  yes: byNumber,
  never: byNumber,
}
/** A value in one way, whichever way the reader gives it. */
function said(name: string, value: unknown): unknown {
  if (value === null || value === undefined) return null
  return orders[name] === byNumber && typeof value !== 'boolean' ? String(Number(value) + 0) : value
}

describe.skipIf(!python)('statistics of Delta tables', () => {
  let path: string
  let bare: string
  beforeAll(async () => {
    const table = new DeltaWriter<Edge>(Edge, [edges as unknown as Edge[]], { range: PER_FILE })
    await table.run()
    path = table.path
    bare = await withoutStatistics(path)
  })

  test('are the rows, nulls, least and greatest values of each file', async () => {
    const { rows } = await ask<{ readonly rows: readonly Said[] }>({ do: 'files', path })
    expect(rows.length).toBe(ROWS / PER_FILE)
    for (const stats of rows) {
      const first = Math.max(0, Number(stats['min.n']))
      const own = edges.slice(first, first + PER_FILE) as readonly Said[]
      const found: Record<string, unknown> = {}
      const expected: Record<string, unknown> = { rows: String(PER_FILE) }
      found.rows = stats.num_records
      for (const [name, compare] of Object.entries(orders)) {
        const values = own.map((row) => row[name]).filter((value) => value !== null && value !== undefined) as never[]
        values.sort(compare)
        expected[name] = [String(PER_FILE - values.length), said(name, values[0]), said(name, values.at(-1))]
        const isCut = (value: unknown) => typeof value === 'string' && Buffer.byteLength(value) > 64
        const [min, max] = [stats[`min.${name}`], stats[`max.${name}`]]
        // What is cut begins as the value does; the greatest is greater.
        const whole = (bound: unknown, value: unknown, isBound: boolean) => (isCut(value) && isBound ? value : said(name, bound))
        const isLeast = isCut(values[0]) && String(values[0]).startsWith(String(min)) && String(min).length > 10
        const isMost = isCut(values.at(-1)) && byBytes(String(max), String(values.at(-1))) > 0 && String(max).length > 10
        found[name] = [stats[`null_count.${name}`], whole(min, values[0], isLeast), whole(max, values.at(-1), isMost)]
      }
      expect(found).toEqual(expected)
    }
  })

  test.each(READERS)('%s finds the same rows with statistics as without', async (reader) => {
    const conditions = conditionsFor(reader)
    const sql = [...conditions.map((condition) => condition.sql), ...others]
    const numbers = (of: string) => ask<{ readonly found: readonly (readonly number[])[] }>({ do: 'numbers', reader, path: of, conditions: sql })
    const [{ found }, { found: expected }] = [await numbers(path), await numbers(bare)]
    const named = (all: readonly (readonly number[])[]) => Object.fromEntries(all.map((n, i) => [sql[i], n.join()]))
    expect(named(found)).toEqual(named(expected))
    for (const [i, { name, value, operator }] of conditions.entries()) {
      if (operator !== '=' || name === 'real') continue
      const equal = edges.filter((row) => (row as Said)[name] === value).map(({ n }) => Number(n))
      expect([sql[i], found[i]]).toEqual([sql[i], equal.sort((a, b) => a - b)])
    }
  })
})
