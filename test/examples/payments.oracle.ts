import { createHmac } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'

const MEMBERS = {
  transaction_id: 'VARCHAR',
  paid_at: 'TIMESTAMPTZ',
  user: 'STRUCT(id BIGINT, name VARCHAR, email VARCHAR, country VARCHAR)',
  payment: 'STRUCT("method" VARCHAR, last4 VARCHAR, iban VARCHAR, wallet_id VARCHAR)',
  products: 'STRUCT(sku VARCHAR, name VARCHAR, price DECIMAL(10, 2), quantity BIGINT)[]',
  currency: 'VARCHAR',
  total: 'DECIMAL(12, 2)',
  note: 'VARCHAR',
}

/** What the example must have written to files, as queries over `input`. */
const expectedFiles: Readonly<Record<string, string>> = {
  transactions: 'FROM input',
  sales: `SELECT transaction_id, line, paid_at, "user".id, "user".country, payment.method, currency, product.sku, product.name, product.price, product.quantity FROM sold`,
  anonymous: `SELECT transaction_id, paid_at, {id: ids.hash, email: emails.hash, country: "user".country},
    {method: payment.method, last4: if(payment.last4 IS NULL, NULL, '***'), iban: if(payment.iban IS NULL, NULL, '***'),
     wallet_id: if(payment.wallet_id IS NULL, NULL, '***')}, products, currency, total
    FROM input JOIN hashes ids ON ids.plain = "user".id::VARCHAR JOIN hashes emails ON emails.plain = "user".email`,
}

/** What it must have written to a star schema, and the columns that tell it. */
export const starTables: Readonly<Record<string, { readonly columns: Readonly<Record<string, string>>; readonly expected: string }>> = {
  dim_customer: {
    columns: { customer_id: 'BIGINT', name: 'VARCHAR', country: 'VARCHAR' },
    expected: `SELECT DISTINCT "user".id, "user".name, "user".country FROM input`,
  },
  dim_product: { columns: { sku: 'VARCHAR', product: 'VARCHAR' }, expected: 'SELECT DISTINCT product.sku, product.name FROM sold' },
  fact_payment: {
    columns: {
      transaction_id: 'VARCHAR',
      customer_id: 'BIGINT',
      date_key: 'DATE',
      currency: 'VARCHAR',
      total: 'DECIMAL(12, 2)',
      note: 'VARCHAR',
      products: 'JSON',
    },
    expected: `SELECT transaction_id, "user".id, paid_at::DATE, currency, total, note, len(products) FROM input`,
  },
  fact_sale: {
    columns: { transaction_id: 'VARCHAR', line: 'BIGINT', customer_id: 'BIGINT', sku: 'VARCHAR', price: 'DECIMAL(10, 2)', quantity: 'BIGINT' },
    expected: `SELECT transaction_id, line, "user".id, product.sku, product.price, product.quantity FROM sold`,
  },
}

const structure = (columns: Readonly<Record<string, string>>) =>
  `{${Object.entries(columns)
    .map(([name, type]) => `"${name}": '${type}'`)
    .join(', ')}}`

const readJson = (file: string, columns: Readonly<Record<string, string>>) =>
  `read_json('${file}', format = 'newline_delimited', columns = ${structure(columns)})`

/** Compares what the payments example wrote with what DuckDB makes of the same JSON Lines. */
export class PaymentsOracle {
  readonly #db: DuckDBConnection
  readonly #home: string

  private constructor(db: DuckDBConnection, home: string) {
    this.#db = db
    this.#home = home
  }

  static async open(input: string, home: string, key: string): Promise<PaymentsOracle> {
    const db = await (await DuckDBInstance.create()).connect()
    await db.run("SET TimeZone = 'UTC'")
    await db.run(`CREATE TABLE input AS FROM ${readJson(input, MEMBERS)}`)
    await db.run('CREATE TABLE sold AS SELECT *, unnest(products) AS product, generate_subscripts(products, 1) AS line FROM input')
    const oracle = new PaymentsOracle(db, home)
    const users = await oracle.#rows('SELECT DISTINCT "user".id::VARCHAR AS id, "user".email AS email FROM input')
    const hashes = users
      .flatMap(({ id, email }) => [id, email])
      .map((plain) => ({ plain, hash: createHmac('sha256', key).update(String(plain)).digest('hex') }))
    await db.run(`CREATE TABLE hashes AS FROM ${readJson(oracle.#write('hashes', hashes), { plain: 'VARCHAR', hash: 'VARCHAR' })}`)
    return oracle
  }

  close(): void {
    this.#db.closeSync()
  }

  async #rows(sql: string): Promise<Record<string, unknown>[]> {
    return (await this.#db.runAndReadAll(sql)).getRowObjectsJson()
  }

  #write(name: string, rows: readonly unknown[]): string {
    const file = join(this.#home, `${name}.jsonl`)
    writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    return file
  }

  async #differences(expected: string, found: string): Promise<unknown> {
    const only = (a: string, b: string, side: string) => `SELECT '${side}' AS side, * FROM ((${a}) EXCEPT ALL (${b}))`
    const [rows] = await this.#rows(`SELECT count(*) AS n FROM (${expected})`)
    const different = await this.#rows(`${only(expected, found, 'missing')} UNION ALL ${only(found, expected, 'too many')} LIMIT 3`)
    return { rows: Number(rows?.n) > 0, different }
  }

  /** What differs in the files, by dataset. */
  async files(output: string): Promise<Record<string, unknown>> {
    const found: Record<string, unknown> = {}
    for (const [name, expected] of Object.entries(expectedFiles))
      found[name] = await this.#differences(expected, `FROM read_parquet('${join(output, name, '*.parquet')}')`)
    return found
  }

  /** What differs in a star schema, by table; `read` gives the rows of a query as another client sees them. */
  async star(database: string, read: (sql: string) => Promise<readonly Record<string, unknown>[]>): Promise<Record<string, unknown>> {
    const found: Record<string, unknown> = {}
    for (const [table, { columns, expected }] of Object.entries(starTables)) {
      const rows = await read(`SELECT ${Object.keys(columns).join(', ')} FROM ${table}`)
      const plain = rows.map((row) => ({ ...row, ...('products' in row ? { products: lengthOf(row.products) } : {}) }))
      found[table] = await this.#differences(
        expected,
        `FROM ${readJson(this.#write(`${database}-${table}`, plain), { ...columns, ...('products' in columns ? { products: 'BIGINT' } : {}) })}`,
      )
    }
    return found
  }
}

/** MariaDB's driver gives JSON as text. */
const lengthOf = (json: unknown) => (typeof json === 'string' ? JSON.parse(json) : json).length
