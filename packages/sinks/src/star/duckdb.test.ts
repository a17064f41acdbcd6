import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { duck, folder } from '../../test/helpers.ts'
import { Refund, refund, Sale, sale, shop } from '../../test/star.ts'
import { emptyDatabase, starDatabases, writeRanges } from '../../test/star-database.ts'
import { starSchema } from './star-schema.ts'

const databases = await starDatabases('star schemas beside DuckDB')
const sales = Array.from({ length: 60 }, (_, i) => sale((i * 37) % 60))
const refunds = Array.from({ length: 30 }, (_, i) => refund((i * 7) % 30))

/** A value as every database gives it: numbers as such, times as ISO 8601, JSON as its value. */
function canonical(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'string' && /^-?\d+$/.test(value)) return Number(value)
  if (typeof value === 'string' && /^[[{]|^null$/.test(value)) return JSON.parse(value)
  return typeof value === 'boolean' ? Number(value) : value
}
const sorted = (rows: readonly Record<string, unknown>[]) => rows.map((row) => JSON.stringify(Object.values(row).map(canonical))).sort()

describe.each(databases)('a star schema in $what', (own) => {
  const { database, query, text } = own
  beforeEach(() => emptyDatabase(own))

  test('holds what DuckDB finds in the same rows', async () => {
    const { facts } = starSchema({ database: database(), ...shop })
    const ranges = <T>(rows: readonly T[], size: number) => Array.from({ length: rows.length / size }, (_, i) => rows.slice(i * size, (i + 1) * size))
    for (const task of [0, 1])
      await writeRanges(
        facts.sale,
        Sale,
        ranges(
          sales.filter((_, i) => i % 2 === task),
          10,
        ),
        { task: `t-${task}` },
      )
    await writeRanges(facts.refund, Refund, ranges(refunds, 15))

    const [path, refundPath] = [join(await folder(), 'sales.jsonl'), join(await folder(), 'refunds.jsonl')]
    await writeFile(path, sales.map((row) => JSON.stringify(row)).join('\n'))
    await writeFile(refundPath, refunds.map((row) => JSON.stringify(row)).join('\n'))
    const types = {
      sale_id: 'VARCHAR',
      at: 'TIMESTAMP',
      user: 'STRUCT(id BIGINT, name VARCHAR, country VARCHAR)',
      product_id: 'VARCHAR',
      quantity: 'INTEGER',
      amount: 'DECIMAL(20,4)',
      lines: 'JSON',
      shipped_at: 'TIMESTAMP',
      due: 'DATE',
      extra: 'JSON',
    }
    const refundTypes = { refund_id: 'BIGINT', at: 'TIMESTAMP', user_id: 'BIGINT', product_id: 'VARCHAR', amount: 'DECIMAL(12,2)' }
    const read = (from: string, columns: object) => {
      const named = Object.entries(columns).map(([name, type]) => `"${name}": '${type}'`)
      return `read_json('${from}', format = 'newline_delimited', columns = {${named.join(', ')}})`
    }
    const s = read(path, types)
    const r = read(refundPath, refundTypes)

    const pairs: readonly (readonly [string, string])[] = [
      [
        'SELECT customer_id, name, country, first_seen, last_seen, updated_at FROM dim_customer',
        `SELECT k.id, c.* EXCLUDE (id) FROM (SELECT DISTINCT "user".id AS id FROM ${s} WHERE "user" IS NOT NULL UNION SELECT user_id FROM ${r}) k
         LEFT JOIN (SELECT "user".id AS id, last("user".name ORDER BY "at"), last("user".country ORDER BY "at"), min("at"), max("at"), max("at") AS updated_at
         FROM ${s} WHERE "user" IS NOT NULL GROUP BY ALL) c ON c.id = k.id`,
      ],
      ['SELECT product_id FROM dim_product', `SELECT product_id FROM ${s} WHERE product_id IS NOT NULL UNION SELECT product_id FROM ${r}`],
      [
        `SELECT ${text('date_key')} AS d, year, quarter, month, month_name, iso_week, day, day_of_week, day_name, is_weekend FROM dim_day`,
        `SELECT d::VARCHAR, year(d), quarter(d), month(d), monthname(d), week(d), day(d), isodow(d), dayname(d), isodow(d) >= 6 FROM
         (SELECT "at"::DATE AS d FROM ${s} UNION SELECT due FROM ${s} UNION SELECT shipped_at::DATE FROM ${s} UNION SELECT "at"::DATE FROM ${r}) WHERE d IS NOT NULL`,
      ],
      [
        `SELECT sale_id, customer_id, product_id, ${text('shipped_on')} AS a, ${text('due_on')} AS b, fact_sale.at, quantity, ${text('amount')} AS c, fact_sale.lines, shipped_at, extra, ${text('snapshot_date')} AS d, snapshot_version FROM fact_sale`,
        `SELECT sale_id, "user".id, product_id, shipped_at::DATE::VARCHAR, due::VARCHAR, "at", quantity, amount::VARCHAR, lines, shipped_at, coalesce(extra, 'null'), "at"::DATE::VARCHAR, 2 AS v FROM ${s}`,
      ],
      [
        `SELECT refund_id, customer_id, product_id, ${text('date_key')} AS a, ${text('amount')} AS b, ${text('snapshot_date')} AS c FROM fact_refund`,
        `SELECT refund_id, user_id, product_id, "at"::DATE::VARCHAR, amount::VARCHAR, "at"::DATE::VARCHAR FROM ${r}`,
      ],
    ]
    for (const [ours, theirs] of pairs) {
      const found = sorted(await query(ours))
      expect(found.length, ours).toBeGreaterThan(2)
      expect(found, ours).toEqual(sorted(await duck(theirs)))
    }
  })
})
