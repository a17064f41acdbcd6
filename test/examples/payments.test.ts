import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { jsonLines } from '@tickets/core/node'
import { ensureTopic, kafkaSource, kafkaTable } from '@tickets/kafka-source'
import { avro } from '@tickets/kafka-source/registry'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { Block, blacklistFile } from '../../examples/payments/blacklist.ts'
import { shop } from '../../examples/payments/generator.ts'
import { type PaymentsOptions, paymentsPipeline } from '../../examples/payments/pipeline.ts'
import { Transaction } from '../../examples/payments/transaction.ts'
import { rawKafka } from '../../packages/kafka-source/test/helpers.ts'
import { ownDatabase } from '../../packages/sinks/test/mysql-helpers.ts'
import { sharedBroker } from '../broker/shared.ts'
import { ask, python } from '../readers/delta-tables.ts'
import { serializers } from '../registry/python.ts'
import { sharedRegistry } from '../registry/shared.ts'
import { read, root, tracked } from '../repo/files.ts'
import { expected, PaymentsOracle, WRONG } from './payments.oracle.ts'
import { example, folder } from './run.ts'

const redactKey = 'a key that only this test knows'
const database = await ownDatabase('payments in MySQL')
const brokers = await sharedBroker('payments from Kafka')
const registry = await sharedRegistry('payments in Avro')
const other = brokers && registry ? await serializers() : null
afterAll(() => other?.close())

const { transactions, blacklist } = shop(2_000)
const tables = Object.keys(expected)
const lines = (rows: readonly unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('')

/** Files of the transactions and of the blacklist, and a folder to write to. */
async function inputFiles(rows: readonly unknown[] = transactions) {
  const home = await folder()
  const files = { home, transactions: join(home, 'transactions.jsonl'), blacklist: join(home, 'blacklist.jsonl'), output: join(home, 'out') }
  await writeFile(files.transactions, lines(rows))
  await writeFile(files.blacklist, lines(blacklist))
  return files
}

/** The tables of a database that nothing was written to. */
async function emptyDatabase(): Promise<string | undefined> {
  for (const { name } of (await database?.query('SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()')) ?? [])
    await database?.query(`DROP TABLE ${name}`)
  return database?.url
}

const versionsOf = (output: string, table: string) => readdirSync(join(output, table, '_delta_log')).filter((name) => name.endsWith('.json')).length

/** A table as delta-rs reads it, at its latest version or at another, as a Parquet file. */
async function tableFile(output: string, table: string, version: number | null = null): Promise<string> {
  const to = join(await folder(), `${table}.parquet`)
  await ask({ do: 'dump', path: join(output, table), to, version })
  return to
}

/** Compares all that was written with DuckDB over the same files. */
async function compare(input: Awaited<ReturnType<typeof inputFiles>>, isOpen: boolean, from: 'files' | 'files and MySQL'): Promise<PaymentsOracle> {
  const oracle = await PaymentsOracle.open({ ...input, key: redactKey, isOpen })
  onTestFinished(() => oracle.close())
  const same = { same: expect.any(Number), different: [] }
  const payments = await oracle.payments(join(input.output, 'payments'))
  expect(payments).toEqual(same)
  expect(payments.same).toBeGreaterThan(2_000)
  for (const table of tables) {
    const found = await oracle.table(table, await tableFile(input.output, table))
    expect(found, table).toEqual(same)
    expect(found.same, table).toBeGreaterThan(10)
    if (from === 'files and MySQL' && database)
      expect(await oracle.rows(table, (await database.rows(table)) ?? []), `${table} in MySQL`).toEqual(same)
  }
  return oracle
}

const run = (options: Omit<PaymentsOptions, 'redactKey' | 'range'>) =>
  paymentsPipeline({ ...options, redactKey, range: { rows: 250 } }).run({ handleSignals: false })

const field = (name: string, type: unknown) => ({ name, type })
const optional = (name: string) => ({ name, type: ['null', 'string'], default: null })
const decimalOf = (precision: number) => ({ type: 'bytes', logicalType: 'decimal', precision, scale: 2 })
const recordOf = (name: string, fields: readonly unknown[]) => ({ type: 'record', name, fields })

/** Transactions as a producer in Python has them. */
const avroSchema = recordOf('Transaction', [
  field('transaction_id', { type: 'string', logicalType: 'uuid' }),
  field('paid_at', { type: 'long', logicalType: 'timestamp-millis' }),
  field('user', recordOf('User', [field('id', 'long'), field('name', 'string'), field('email', 'string'), optional('country')])),
  field('payment', recordOf('Method', [field('method', 'string'), optional('last4'), optional('iban'), optional('wallet_id')])),
  field('status', 'string'),
  optional('failure'),
  field('products', {
    type: 'array',
    items: recordOf('Product', [field('sku', 'string'), field('name', 'string'), field('price', decimalOf(10)), field('quantity', 'int')]),
  }),
  field('currency', { type: 'enum', name: 'Currency', symbols: ['EUR', 'GBP', 'USD'] }),
  field('total', decimalOf(12)),
])

const asAvro = ({ paid_at, payment, products, total, ...rest }: Transaction) => ({
  ...rest,
  paid_at: { $time: paid_at.getTime() },
  payment: { last4: null, iban: null, wallet_id: null, ...payment },
  products: products.map(({ price, ...product }) => ({ ...product, price: { $decimal: price } })),
  total: { $decimal: total },
})

/** Makes a topic for transactions, and one with the blacklist, in which a message without a value lifts a block. */
async function makeTopics(): Promise<{ topic: string; blacklistTopic: string; brokers: readonly string[] }> {
  const at = { brokers: brokers ?? [], topic: `payments-${randomUUID()}`, blacklistTopic: `blacklist-${randomUUID()}` }
  await ensureTopic({ ...at, partitions: 1, config: { 'retention.ms': '-1' } })
  await ensureTopic({ brokers: at.brokers, topic: at.blacklistTopic, partitions: 2, config: { 'cleanup.policy': 'compact' } })
  await send(
    at.blacklistTopic,
    blacklist.map(({ lifted, ...block }) => ({
      key: String(block.user_id),
      value: lifted ? null : JSON.stringify(block),
      timestamp: String(block.since.getTime()),
    })),
  )
  return at
}

async function send(topic: string, messages: { key: string; value: string | null; timestamp: string }[]): Promise<void> {
  const producer = rawKafka(brokers ?? []).producer()
  await producer.connect()
  for (let at = 0; at < messages.length; at += 500) await producer.send({ topic, messages: messages.slice(at, at + 500) })
  await producer.disconnect()
}

describe.skipIf(!python)('the payments example equals DuckDB over the same input', () => {
  test('from JSON Lines that grow; the version of the first run stays readable', async () => {
    const half = Math.floor(transactions.length / 2)
    const input = await inputFiles(transactions.slice(0, half))
    const { output } = input
    const source = () => ({ source: jsonLines(input.transactions, { schema: Transaction }), blacklist: blacklistFile(input.blacklist) })
    const mysqlUrl = await emptyDatabase()
    expect(await run({ ...source(), output, mysqlUrl })).toMatchObject({ how: 'done', rows: half, rejected: 0, late: {} })
    const early = await PaymentsOracle.open({ ...input, key: redactKey, isOpen: true })
    const versions = new Map(tables.map((table) => [table, versionsOf(input.output, table)]))

    await appendFile(input.transactions, lines(transactions.slice(half)))
    expect(await run({ ...source(), output, mysqlUrl })).toMatchObject({ how: 'done', rows: transactions.length - half, rejected: 0, late: {} })
    const oracle = await compare(input, true, 'files and MySQL')
    for (const [table, count] of versions) {
      expect(versionsOf(input.output, table), table).toBeGreaterThan(count)
      const found = await early.table(table, await tableFile(input.output, table, count - 1))
      expect(found, `${table} after the first run`).toEqual({ same: expect.any(Number), different: [] })
      expect(found.same, table).toBeGreaterThan(5)
    }
    early.close()

    // Days of UTC, and a blacklist that never forgets, would be seen.
    const days = await tableFile(input.output, 'totals_by_day')
    expect((await oracle.table('totals_by_day', days, WRONG.days)).different).toHaveLength(3)
    await oracle.check(WRONG.blacklist)
    for (const table of ['totals_by_method', 'totals_by_user', 'fraud_alerts'])
      expect((await oracle.table(table, await tableFile(input.output, table))).different, table).not.toEqual([])
  })

  test.skipIf(!brokers)('from Kafka by a process that is killed with SIGKILL and started again', async () => {
    const input = await inputFiles()
    const at = await makeTopics()
    await send(
      at.topic,
      transactions.map((row) => ({ key: String(row.user.id), value: JSON.stringify(row), timestamp: String(row.paid_at.getTime()) })),
    )
    const mysqlUrl = await emptyDatabase()
    const settings = ['--brokers', at.brokers.join(','), '--topic', at.topic, '--blacklist-topic', at.blacklistTopic, '--output', input.output]
    const start = () => {
      const child = spawn(process.execPath, [join(root, 'examples/payments/payments.ts'), ...settings, '--commit-rows', '150'], {
        env: { PATH: process.env.PATH, NO_COLOR: '1', REDACT_KEY: redactKey, ...(mysqlUrl && { MYSQL_URL: mysqlUrl }) },
      })
      let said = ''
      child.stdout.on('data', (text) => (said += text))
      child.stderr.on('data', (text) => (said += text))
      const ended = new Promise<{ code: number | null; signal: string | null; said: string }>((done) =>
        child.once('close', (code, signal) => done({ code, signal, said })),
      )
      return { child, ended, isRunning: () => child.exitCode === null && child.signalCode === null }
    }
    // Those of the task, which has one partition: the first is made when the task begins.
    const records = () => {
      const log = join(input.output, 'log')
      return existsSync(log) ? readdirSync(log, { recursive: true }).filter((path) => /-0\W\d{20}\.json$/.test(`${path}`)).length : 0
    }

    // The moments lie in the commits: while they are staged, recorded and published.
    for (const [i, delay] of [0, 10, 40, 90].entries()) {
      const { child, ended, isRunning } = start()
      const before = records()
      while (isRunning() && records() < before + 3) await sleep(2)
      await sleep(delay)
      child.kill('SIGKILL')
      expect(await ended, `kill ${i + 1}`).toMatchObject({ code: null, signal: 'SIGKILL' })
      expect(records()).toBeGreaterThanOrEqual(before + 3)
    }
    const last = await start().ended
    expect(last, last.said).toMatchObject({ code: 0, said: expect.stringMatching(/^[1-9]\d* transactions read, 0 rejected, 0 late/) })
    const left = Number.parseInt(last.said, 10)
    expect([left > 100, left < transactions.length - 1_000], `${left} were left for the last process`).toEqual([true, true])
    await compare(input, true, 'files and MySQL')
  })

  test.skipIf(!other)('from Kafka in Avro that another client wrote', async () => {
    const input = await inputFiles()
    const { topic, blacklistTopic } = await makeTopics()
    const at = { brokers: brokers?.join(',') ?? '', registry: registry ?? '', topic }
    await other?.produce({ ...at, format: 'avro', schema: avroSchema, rows: transactions.map(asAvro) })
    const from = { brokers: brokers ?? [], until: 'now' } as const
    const source = kafkaSource({ ...from, schema: Transaction, topic, format: avro({ registry: at.registry }), groupId: topic })
    const blocks = kafkaTable({ brokers: from.brokers, schema: Block, topic: blacklistTopic, key: 'user_id', partitions: 'all' })
    expect(await run({ source, blacklist: blocks, output: input.output })).toMatchObject({ how: 'done', rows: transactions.length, rejected: 0 })
    await compare(input, true, 'files')
  })

  test('by its command with payments of its own, twice: the second run finds nothing new', async () => {
    const output = join(await folder(), 'out')
    const command = () => example('payments/payments', ['--output', output], { env: { REDACT_KEY: redactKey } })
    const first = await command()
    expect(first, first.stderr).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[1-9]\d{3} transactions read, 0 rejected, 0 late\n/) })
    expect(await command()).toMatchObject({ code: 0, stdout: expect.stringMatching(/^0 transactions read, 0 rejected, 0 late\n/) })
    const files = { transactions: join(output, 'made-up/transactions.jsonl'), blacklist: join(output, 'made-up/blacklist.jsonl') }
    const oracle = await compare({ ...files, output, home: await folder() }, false, 'files')
    // How many changes of totals there are depends on where ranges end.
    const page = read('docs/guides/another-domain.md')
    for (const line of first.stdout.split('\n').filter((line) => !line.includes('totals_by_'))) expect(page).toContain(line)
    const days = await oracle.days(await tableFile(output, 'totals_by_day'))
    expect(days).toHaveLength(3)
    for (const line of days) expect(page).toMatch(line)
  })
})

test('it has fewer than 400 lines', () => {
  const paths = tracked.filter((path) => /^examples\/payments\/.*\.ts$/.test(path))
  const lines = paths.reduce((sum, path) => sum + read(path).split('\n').length - 1, 0)
  expect([paths.length > 5, lines < 400], `${lines} lines`).toEqual([true, true])
})

test('a blacklist and a key are asked for where payments are given', async () => {
  const input = await inputFiles([])
  const refused = { code: 1, stderr: expect.stringContaining('error OPTION_INVALID: ') }
  expect(await example('payments/payments', ['--input', input.transactions, '--output', input.output])).toMatchObject(refused)
  expect(await example('payments/payments', ['--input', input.transactions, '--blacklist', input.blacklist])).toMatchObject({
    ...refused,
    stderr: expect.stringContaining('REDACT_KEY'),
  })
})
