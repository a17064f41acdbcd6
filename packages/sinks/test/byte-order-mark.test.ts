import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Batch, defineSchema, instant, type Schema } from '@tickets/core'
import { fromRecordBatch, readIpc, schemaOfFields } from '@tickets/core/arrow'
import { fileSink } from '@tickets/sinks'
import { mysqlSink } from '@tickets/sinks/mysql'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { duck, folder, published, range, task } from './helpers.ts'
import { newTable, ownDatabase } from './mysql-helpers.ts'

// A text may begin with U+FEFF, the byte order mark of a file. Only at the beginning of a file does it stand for anything else than itself.
const Marked = defineSchema(
  z.object({ at: instant(), id: z.int32(), text: z.string(), kind: z.enum(['a', '\ufeffa']), tag: z.enum(['\ufeffx', 'x']).nullable() }),
  { name: 'marked', time: 'at' },
)
type Marked = typeof Marked extends Schema<infer T> ? T : never

const at = new Date('2026-01-01T00:00:00.000Z')
const long = 'a text that is longer than the short ones, which are decoded in another way'
const rows: Marked[] = ['a', '\ufeffa', '\ufeff', '\ufeff\ufeffa', 'a\ufeff', `\ufeff${long}`, long].map((text, id) => ({
  at,
  id,
  text,
  kind: id % 2 === 0 ? 'a' : '\ufeffa',
  tag: id % 3 === 0 ? null : id % 3 === 1 ? '\ufeffx' : 'x',
}))
const texts = rows.map(({ id, text, kind, tag }) => ({ id, text, kind, tag }))

async function write(path: string, format: 'parquet' | 'arrow' | 'json' | 'csv', partitionBy?: ('text' | 'kind')[]): Promise<string[]> {
  const writer = await fileSink<Marked>(path, { format, ...(partitionBy ? { partitionBy } : {}) }).open(task, Marked)
  await writer.write(Batch.of(Marked, rows))
  const staged = await writer.stage(0, 'a', range(0, 10))
  if (staged) await writer.publish(staged)
  await writer.close()
  return published(path)
}

// As hex: DuckDB keeps the mark, its client for Node drops it from the answer.
const HEX = 'id, hex(text) AS text, hex(kind) AS kind, hex(tag) AS tag'
const hex = (text: string) => Buffer.from(text).toString('hex').toUpperCase()
const asHex = texts.map(({ id, text, kind, tag }) => ({ id, text: hex(text), kind: hex(kind), tag: tag && hex(tag) }))

const types = "{id: 'INT', text: 'VARCHAR', kind: 'VARCHAR', tag: 'VARCHAR'}"
const read = {
  parquet: (path: string) => `read_parquet('${path}/**/*.parquet')`,
  json: (path: string) => `read_json('${path}/**/*.jsonl', columns = ${types})`,
  csv: (path: string) =>
    `read_csv('${path}/**/*.csv', header = true, columns = {"at": 'TIMESTAMPTZ', id: 'INT', text: 'VARCHAR', kind: 'VARCHAR', tag: 'VARCHAR'})`,
}

test.each(['parquet', 'json', 'csv'] as const)('%s keeps a leading U+FEFF', async (format) => {
  const path = await folder()
  await write(path, format)
  expect(await duck(`SELECT ${HEX} FROM ${read[format](path)} ORDER BY id`)).toEqual(asHex)
})

test('Arrow keeps a leading U+FEFF', async () => {
  const path = await folder()
  const [name] = await write(path, 'arrow')
  const { fields, batches } = readIpc(await readFile(join(path, name as string)))
  const schema = schemaOfFields(fields, { name: 'read', version: 1, keys: [], time: null } as never)
  const found = batches.flatMap((batch) => fromRecordBatch(schema, batch).toArray() as Marked[])
  expect(found.map(({ id, text, kind, tag }) => ({ id, text, kind, tag: tag ?? null }))).toEqual(texts)
})

test.each(['text', 'kind'] as const)('folders by %s keep a leading U+FEFF', async (by) => {
  const path = await folder()
  const files = await write(path, 'parquet', [by])
  expect(new Set(files.map((name) => name.split('/')[0]))).toEqual(new Set(rows.map((row) => `${by}=${row[by]}`)))
  const found = await duck(
    `SELECT ${HEX} FROM read_parquet('${path}/**/*.parquet', hive_partitioning = true, hive_types_autocast = false) ORDER BY id`,
  )
  expect(found).toEqual(asHex)
})

test('the members of an enum keep it in rows', () => {
  expect(Batch.of(Marked, rows).toArray()).toEqual(rows)
})

test('a column whose name begins with it is refused', () => {
  const make = () => defineSchema(z.object({ at: instant(), '\ufeffa': z.string() }), { name: 'x', time: 'at' })
  expect(make).toThrow(expect.objectContaining({ code: 'SCHEMA_UNSUPPORTED', message: expect.stringContaining('U+FEFF') }))
})

const database = await ownDatabase('text in MySQL')
describe.skipIf(!database)('MySQL', () => {
  test('keeps a leading U+FEFF in values and in keys', async () => {
    const table = newTable()
    const sink = mysqlSink<Marked>({ url: database?.url ?? '', table, key: ['kind', 'id'] })
    await sink.begin?.({ id: 'log1', takesOver: false, remove: [] })
    const writer = await sink.open(task, Marked)
    await writer.write(Batch.of(Marked, rows))
    const staged = await writer.stage(0, 'a', range(0, 10))
    if (staged) await writer.publish(staged)
    await writer.close()
    expect(await database?.query(`SELECT id, text, kind, tag FROM \`${table}\` ORDER BY id`)).toEqual(texts)
  })
})
