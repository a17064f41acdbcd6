import { createHmac } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'

const MEMBERS = {
  transaction_id: 'VARCHAR',
  paid_at: 'TIMESTAMPTZ',
  user: 'STRUCT(id BIGINT, name VARCHAR, email VARCHAR, country VARCHAR)',
  payment: 'STRUCT("method" VARCHAR, last4 VARCHAR, iban VARCHAR, wallet_id VARCHAR)',
  status: 'VARCHAR',
  failure: 'VARCHAR',
  products: 'STRUCT(sku VARCHAR, name VARCHAR, price DECIMAL(10, 2), quantity BIGINT)[]',
  currency: 'VARCHAR',
  total: 'DECIMAL(12, 2)',
}
const BLOCKS = { user_id: 'BIGINT', reason: 'VARCHAR', since: 'TIMESTAMPTZ', lifted: 'BOOLEAN' }

interface Expected {
  readonly columns: Readonly<Record<string, string>>
  /** A query over `checked` for these columns. */
  readonly sql: string
}

const MONEY = 'DECIMAL(38, 2)'
const [TIME, TEXT, NUMBER] = ['TIMESTAMPTZ', 'VARCHAR', 'BIGINT']
const TOTALS = `count(*), sum(total)::${MONEY}, max(paid_at)`
const daysIn = (zone: string) => `WITH days AS (SELECT *, date_trunc('day', paid_at AT TIME ZONE '${zone}') AS day FROM checked)
  SELECT day AT TIME ZONE '${zone}', (day + INTERVAL 1 DAY) AT TIME ZONE '${zone}', outcome, currency, count(*), sum(total)::${MONEY} FROM days GROUP BY ALL`

/** What the example must have written, by table. */
export const expected: Readonly<Record<string, Expected>> = {
  totals_by_product: {
    columns: { sku: TEXT, currency: TEXT, sales: NUMBER, units: NUMBER, revenue: MONEY, updated_at: TIME },
    sql: `SELECT product.sku, currency, count(*), sum(product.quantity)::BIGINT, sum(product.price * product.quantity)::${MONEY}, max(paid_at)
      FROM (SELECT *, unnest(products) AS product FROM checked WHERE outcome = 'paid') GROUP BY ALL`,
  },
  totals_by_country: {
    columns: { country: TEXT, currency: TEXT, payments: NUMBER, revenue: MONEY, updated_at: TIME, users: NUMBER },
    sql: `SELECT country, currency, ${TOTALS}, count(DISTINCT user_id) FROM checked WHERE outcome = 'paid' GROUP BY ALL`,
  },
  totals_by_user: {
    columns: { user_id: TEXT, currency: TEXT, payments: NUMBER, spent: MONEY, updated_at: TIME, last_method: TEXT },
    sql: `SELECT user_id, currency, ${TOTALS}, arg_max("method", (paid_at, position)) FROM checked WHERE outcome = 'paid' GROUP BY ALL`,
  },
  totals_by_method: {
    columns: { method: TEXT, outcome: TEXT, currency: TEXT, payments: NUMBER, amount: MONEY, updated_at: TIME },
    sql: `SELECT "method", outcome, currency, ${TOTALS} FROM checked GROUP BY ALL`,
  },
  totals_by_day: {
    columns: { window_start: TIME, window_end: TIME, outcome: TEXT, currency: TEXT, payments: NUMBER, amount: MONEY },
    sql: daysIn('Europe/Paris'),
  },
  fraud_alerts: {
    columns: { alerted_at: TIME, user_id: TEXT, first_failed_at: TIME },
    sql: `WITH failed AS (SELECT user_id, paid_at, position, lag(paid_at, 2) OVER each_user AS first_failed_at FROM checked WHERE outcome = 'failed'
        WINDOW each_user AS (PARTITION BY user_id ORDER BY paid_at, position)),
      bursts AS (SELECT *, coalesce(first_failed_at > paid_at - INTERVAL 5 MINUTES, false) AS is_burst FROM failed)
      SELECT paid_at, user_id, first_failed_at FROM bursts
      QUALIFY is_burst AND NOT lag(is_burst, 1, false) OVER (PARTITION BY user_id ORDER BY paid_at, position)`,
  },
}

const PAYMENTS = `transaction_id, paid_at, user_id, email, country, "method", account, status, failure, currency, total, products, reason, outcome`

/** What a program finds that takes days of UTC, and one that does not know when a block was lifted. */
export const WRONG = { days: daysIn('UTC'), blacklist: 'FROM blacklist WHERE NOT lifted' }

const readJson = (file: string, columns: Readonly<Record<string, string>>) =>
  `read_json('${file}', format = 'newline_delimited', columns = {${Object.entries(columns)
    .map(([name, type]) => `"${name}": '${type}'`)
    .join(', ')}})`

/** What the oracle reads, and how. */
export interface OracleInput {
  readonly transactions: string
  readonly blacklist: string
  /** A folder for its files. */
  readonly home: string
  readonly key: string
  /** Whether more may come: then what is within five seconds of the last payment is still held. */
  readonly isOpen: boolean
}

/** Compares what the payments example wrote with what DuckDB makes of the same JSON Lines. */
export class PaymentsOracle {
  readonly #db: DuckDBConnection
  readonly #home: string
  #files = 0

  private constructor(db: DuckDBConnection, home: string) {
    this.#db = db
    this.#home = home
  }

  static async open({ transactions, blacklist, home, key, isOpen }: OracleInput): Promise<PaymentsOracle> {
    const db = await (await DuckDBInstance.create()).connect()
    const oracle = new PaymentsOracle(db, home)
    await db.run("SET TimeZone = 'UTC'")
    const end = isOpen ? 'WHERE paid_at < (SELECT max(paid_at) - INTERVAL 5 SECONDS FROM raw)' : ''
    await db.run(`CREATE TABLE raw AS SELECT *, "user".id AS id, row_number() OVER () AS position FROM ${readJson(transactions, MEMBERS)}`)
    await db.run(`CREATE TABLE input AS FROM raw ${end}`)
    await db.run(`CREATE TABLE blacklist AS FROM ${readJson(blacklist, BLOCKS)}`)
    const users = await oracle.#rows('SELECT DISTINCT id::VARCHAR AS id, "user".email AS email FROM input')
    const hashes = users
      .flatMap(({ id, email }) => [id, email])
      .map((plain) => ({ plain, hash: createHmac('sha256', key).update(String(plain)).digest('hex') }))
    await db.run(`CREATE TABLE hashes AS FROM ${readJson(oracle.#write(hashes), { plain: 'VARCHAR', hash: 'VARCHAR' })}`)
    await oracle.check('FROM blacklist')
    return oracle
  }

  /** Blocks the payments of who is in a blacklist. */
  async check(blacklist: string): Promise<void> {
    await this.#db.run(`CREATE OR REPLACE TABLE checked AS SELECT transaction_id, paid_at, position, ids.hash AS user_id, emails.hash AS email,
      coalesce("user".country, 'ZZ') AS country, payment.method AS "method", '***' AS account, status, failure, currency, total, products,
      if(lifted, NULL, reason) AS reason, if(coalesce(lifted, true), status, 'blocked') AS outcome
      FROM input ASOF LEFT JOIN (${blacklist}) blocks ON input.id = blocks.user_id AND input.paid_at >= blocks.since
      JOIN hashes ids ON ids.plain = id::VARCHAR JOIN hashes emails ON emails.plain = "user".email`)
  }

  close(): void {
    this.#db.closeSync()
  }

  async #rows(sql: string): Promise<Record<string, unknown>[]> {
    return (await this.#db.runAndReadAll(sql)).getRowObjectsJson()
  }

  #write(rows: readonly unknown[]): string {
    const file = join(this.#home, `${++this.#files}.jsonl`)
    writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    return file
  }

  /** How many rows two queries have in common, and some that only one has. */
  async #differences(shall: string, is: string): Promise<{ same: number; different: unknown[] }> {
    const only = (a: string, b: string, side: string) => `SELECT '${side}' AS side, * FROM ((${a}) EXCEPT ALL (${b}))`
    const [same] = await this.#rows(`SELECT count(*) AS n FROM ((${shall}) INTERSECT ALL (${is}))`)
    const different = await this.#rows(`${only(shall, is, 'missing')} UNION ALL ${only(is, shall, 'too many')} LIMIT 3`)
    return { same: Number(same?.n), different }
  }

  /** What differs in the payments of a folder of Parquet files. */
  payments(folder: string) {
    return this.#differences(`SELECT ${PAYMENTS} FROM checked`, `SELECT ${PAYMENTS} FROM read_parquet('${folder}/*/*.parquet')`)
  }

  /** What differs in a table, whose rows are in a Parquet file. */
  table(name: string, file: string, sql = expected[name]?.sql) {
    const columns = Object.keys(expected[name]?.columns ?? {})
    return this.#differences(`${sql}`, `SELECT ${columns.join(', ')} FROM read_parquet('${file}')`)
  }

  /** The rows of a table of days in Markdown, with blanks of any number. */
  async days(file: string): Promise<RegExp[]> {
    const paid = (outcome: string) => `(sum(payments) FILTER (outcome = '${outcome}'))::VARCHAR`
    const rows =
      await this.#rows(`SELECT strftime(window_start AT TIME ZONE 'Europe/Paris', '%Y-%m-%d') AS day, date_diff('hour', window_start, window_end),
      ${paid('paid')}, ${paid('failed')}, ${paid('blocked')}, sum(amount) FILTER (outcome = 'paid' AND currency = 'EUR')
      FROM read_parquet('${file}') GROUP BY window_start, window_end ORDER BY day`)
    return rows.map((row) => new RegExp(`^\\| ${Object.values(row).join(' +\\| ')} +\\|$`, 'm'))
  }

  /** What differs in a table of a database, whose rows another client has read. */
  rows(name: string, rows: readonly Record<string, unknown>[]) {
    const { columns = {}, sql } = expected[name] ?? {}
    const picked = rows.map((row) => Object.fromEntries(Object.keys(columns).map((column) => [column, row[column]])))
    return this.#differences(`${sql}`, `FROM ${readJson(this.#write(picked), columns)}`)
  }
}
