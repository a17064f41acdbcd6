import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Source } from '@tickets/core'
import { jsonLines } from '@tickets/core/node'
import { ensureTopic, kafkaSource } from '@tickets/kafka-source'
import { avro } from '@tickets/kafka-source/registry'
import { mysql } from '@tickets/sinks/mysql'
import { postgres } from '@tickets/sinks/postgres'
import { afterAll, describe, expect, test } from 'vitest'
import { transactions } from '../../examples/payments/generator.ts'
import { paymentsPipeline } from '../../examples/payments/pipeline.ts'
import { Transaction } from '../../examples/payments/transaction.ts'
import { ownDatabases, type TestDatabase } from '../../packages/sinks/test/databases.ts'
import { sharedBroker } from '../broker/shared.ts'
import { serializers } from '../registry/python.ts'
import { sharedRegistry } from '../registry/shared.ts'
import { PaymentsOracle, starTables } from './payments.oracle.ts'
import { example, folder } from './run.ts'

const PAYMENTS = 2_000
const redactKey = 'a key that only this test knows'
const databases = await ownDatabases('the star schema of payments')
const brokers = await sharedBroker('payments from Kafka')
const registry = await sharedRegistry('payments in Avro')
const other = brokers && registry ? await serializers() : null
afterAll(() => other?.close())

const payments = [...transactions(PAYMENTS)]

async function inputFile(): Promise<string> {
  const file = join(await folder(), 'payments.jsonl')
  await writeFile(file, payments.map((payment) => `${JSON.stringify(payment)}\n`).join(''))
  return file
}

const member = {
  mysql: (database: TestDatabase) => mysql({ url: database.url }),
  postgres: (database: TestDatabase) => postgres({ url: database.url }),
}

/** Rows of a query as JSON has them: days and decimals as their text. */
const read = ({ kind, query }: TestDatabase) => {
  const text = kind === 'mysql' ? 'CHAR' : 'TEXT'
  return (sql: string) => query(sql.replaceAll(/\b(date_key|total|price)\b/g, `CAST($1 AS ${text}) AS $1`))
}

async function emptyDatabases(): Promise<void> {
  for (const { query, rows, kind } of databases) {
    for (const table of Object.keys(starTables).reverse()) if ((await rows(table)) !== null) await query(`DROP TABLE ${table}`)
    for (const table of ['_tickets_guard', '_tickets_owner', '_tickets_staged', '_tickets_log', 'dim_day'])
      if ((await rows(table)) !== null) await query(`DROP TABLE ${table}${kind === 'postgres' ? ' CASCADE' : ''}`)
  }
}

/** Runs the pipeline, and compares all it wrote with DuckDB over the same payments. */
async function check(source: Source<Transaction, number>, input: string): Promise<void> {
  await emptyDatabases()
  const output = join(await folder(), 'out')
  const done = await paymentsPipeline(source, {
    output,
    redactKey,
    databases: Object.fromEntries(databases.map((database) => [database.kind, member[database.kind](database)])),
  }).run({ handleSignals: false })
  expect(done).toMatchObject({ how: 'done', rows: PAYMENTS, rejected: 0 })
  const oracle = await PaymentsOracle.open(input, await folder(), redactKey)
  const same = { rows: true, different: [] }
  expect(await oracle.files(output)).toEqual({ transactions: same, sales: same, anonymous: same })
  for (const database of databases)
    expect(await oracle.star(database.kind, read(database)), database.kind).toEqual(
      Object.fromEntries(Object.keys(starTables).map((table) => [table, same])),
    )
  oracle.close()
}

const field = (name: string, type: unknown) => ({ name, type })
const optional = (name: string) => ({ name, type: ['null', 'string'], default: null })
const decimalOf = (precision: number) => ({ type: 'bytes', logicalType: 'decimal', precision, scale: 2 })
const recordOf = (name: string, fields: readonly unknown[]) => ({ type: 'record', name, fields })

/** Payments as a producer in Python has them. */
const avroSchema = recordOf('Payment', [
  field('transaction_id', { type: 'string', logicalType: 'uuid' }),
  field('paid_at', { type: 'long', logicalType: 'timestamp-millis' }),
  field('user', recordOf('User', [field('id', 'long'), field('name', 'string'), field('email', 'string'), optional('country')])),
  field('payment', recordOf('Method', [field('method', 'string'), optional('last4'), optional('iban'), optional('wallet_id')])),
  field('products', {
    type: 'array',
    items: recordOf('Product', [field('sku', 'string'), field('name', 'string'), field('price', decimalOf(10)), field('quantity', 'int')]),
  }),
  field('currency', { type: 'enum', name: 'Currency', symbols: ['EUR', 'USD', 'GBP'] }),
  field('total', decimalOf(12)),
  optional('note'),
])

const asAvro = ({ paid_at, payment, products, total, ...rest }: Transaction) => ({
  ...rest,
  paid_at: { $time: paid_at.getTime() },
  payment: { last4: null, iban: null, wallet_id: null, ...payment },
  products: products.map(({ price, ...product }) => ({ ...product, price: { $decimal: price } })),
  total: { $decimal: total },
})

describe('the payments example equals DuckDB over the same input', () => {
  test('from JSON Lines, to Parquet, MariaDB and PostgreSQL', async () => {
    const input = await inputFile()
    await check(jsonLines(input, { schema: Transaction, complete: true }), input)
  })

  test.skipIf(!other)('from Kafka in Avro that another client wrote', async () => {
    const topic = `payments-${randomUUID()}`
    const at = { brokers: brokers?.join(',') ?? '', registry: registry ?? '', topic }
    await ensureTopic({ brokers: brokers ?? [], topic, partitions: 1 })
    await other?.produce({ ...at, format: 'avro', schema: avroSchema, rows: payments.map(asAvro) })
    const format = avro({ registry: at.registry })
    await check(kafkaSource({ schema: Transaction, brokers: brokers ?? [], topic, format, groupId: topic, until: 'now' }), await inputFile())
  })

  test('by its command, twice: the second run finds nothing new', async () => {
    const args = ['--input', await inputFile(), '--output', join(await folder(), 'out')]
    const run = () => example('payments/payments', args, { env: { REDACT_KEY: redactKey } })
    expect(await run()).toMatchObject({ code: 0, stdout: expect.stringContaining(`${PAYMENTS} payments, 0 rejected`) })
    expect(await run()).toMatchObject({ code: 0, stdout: expect.stringContaining('0 payments, 0 rejected') })
  })
})
