import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
} from '@duckdb/node-api'
import { Batch } from '@tickets/core'
import { fromRecordBatch, readIpc, schemaOfFields } from '@tickets/core/arrow'
import { expect, test } from 'vitest'
import { arrowEncoder } from '../src/encoders/arrow.ts'
import { csvEncoder } from '../src/encoders/csv.ts'
import type { Encoder } from '../src/encoders/encoder.ts'
import { jsonEncoder } from '../src/encoders/json.ts'
import { parquetEncoder } from '../src/encoders/parquet.ts'
import { arrowFormat } from '../src/lake/formats/arrow.ts'
import { parquetFormat } from '../src/lake/formats/parquet.ts'
import { duckRaw, folder } from './helpers.ts'
import { canonical, duckTypes, Order, orderBatch, orders } from './nested.ts'

const parquet = parquetEncoder({ compression: 'snappy', rowGroupRows: 1000, encodings: 'compact', encodeWorkers: 0 })
const bytesOf = async (encoder: Encoder, batches = [orderBatch()]) => Buffer.concat([await encoder.encode(Order, batches, new Map())].flat())

/** A value of DuckDB in the words of `canonical`. */
function plain(value: unknown): unknown {
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean') return value ?? null
  if (typeof value === 'bigint' || typeof value === 'number') return String(value)
  if (value instanceof DuckDBTimestampTZValue) return new Date(Number(value.micros / 1000n)).toISOString()
  if (value instanceof DuckDBDateValue || value instanceof DuckDBDecimalValue) return String(value)
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('hex')
  if (value instanceof DuckDBListValue) return value.items.map(plain)
  if (value instanceof DuckDBMapValue) return Object.fromEntries(value.entries.map(({ key, value: item }) => [key, plain(item)]))
  if (value instanceof DuckDBStructValue) return Object.fromEntries(Object.entries(value.entries).map(([name, item]) => [name, plain(item)]))
  throw new Error(`no word for ${String(value)}`)
}

async function read(extension: string, bytes: Uint8Array, from: (path: string) => string) {
  const path = join(await folder(), `orders.${extension}`)
  await writeFile(path, bytes)
  const types = await duckRaw(`DESCRIBE SELECT * FROM ${from(path)}`)
  const rows = await duckRaw(`FROM ${from(path)} ORDER BY "at"`)
  return {
    types: Object.fromEntries(types.map((row) => [String(row.column_name), String(row.column_type)])),
    rows: rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]))),
  }
}

const declared = (types: Readonly<Record<string, string>>) =>
  `{${Object.entries(types)
    .map(([name, type]) => `"${name}": '${type}'`)
    .join(', ')}}`

test('DuckDB reads nested columns of Parquet with types and values', async () => {
  const { types, rows } = await read('parquet', await bytesOf(parquet), (path) => `'${path}'`)
  expect(types).toEqual(duckTypes)
  expect(rows).toEqual(orders.map(canonical))
})

test('how rows were batched does not show in the bytes of Parquet', async () => {
  const whole = await bytesOf(parquet)
  const parts = [0, 7, 8, 8, 31].map((from, i, all) => Batch.of(Order, orders.slice(from, all[i + 1])))
  expect(Buffer.compare(await bytesOf(parquet, parts), whole)).toBe(0)
})

test('DuckDB reads nested columns of JSON Lines, where bytes are base64', async () => {
  const { rows } = await read(
    'jsonl',
    await bytesOf(jsonEncoder),
    (path) => `read_json('${path}', columns = ${declared({ ...duckTypes, blob: 'VARCHAR' })})`,
  )
  const expected = orders.map((order) => ({ ...canonical(order), blob: order.blob ? Buffer.from(order.blob).toString('base64') : null }))
  // A column of JSON is the value itself in JSON, which DuckDB reads as text with blanks of its own.
  const any = (row: Record<string, unknown>) => ({ ...row, any: row.any === null ? 'null' : JSON.stringify(JSON.parse(String(row.any))) })
  expect(rows.map(any)).toEqual(expected)
})

test('a cell of CSV has a nested value as JSON', async () => {
  const nested = ['user', 'products', 'counts', 'payment']
  const types = { ...duckTypes, ...Object.fromEntries(nested.map((name) => [name, 'VARCHAR'])), blob: 'VARCHAR' }
  const { rows } = await read(
    'csv',
    await bytesOf(csvEncoder('keep')),
    (path) => `read_csv('${path}', header = true, allow_quoted_nulls = false, columns = ${declared(types)})`,
  )
  const json = (value: unknown) => (value === null ? null : JSON.parse(String(value)))
  expect(rows.map((row) => Object.fromEntries(nested.map((name) => [name, json(row[name])])))).toEqual(
    orders.map(({ user, products, counts, payment }) => JSON.parse(JSON.stringify({ user, products, counts: counts ?? null, payment }))),
  )
  const cells = ({ day, total, note, any, id }: Record<string, unknown>) => ({ day, total, note, any, id })
  expect(rows.map(cells)).toEqual(orders.map((order) => cells(canonical(order))))
})

test.each([
  ['Parquet', parquet, parquetFormat],
  ['Arrow', arrowEncoder, arrowFormat],
] as const)('a dataset of %s reads its nested columns again, and merges files of them', async (_, encoder, format) => {
  const file = await bytesOf(encoder)
  const merge = {
    files: 2,
    read: async () => file,
    footer: null,
    keep: (batch: Batch<Record<string, unknown>>) => Int32Array.from({ length: batch.length - 1 }, (_row, i) => i + 1),
  }
  const parts: Uint8Array[] = []
  for await (const part of format.merge(merge, () => {})) parts.push(part)
  const opened = await format.open(Buffer.concat(parts))
  const rows: Record<string, unknown>[] = []
  for await (const batch of opened.batches?.() ?? []) rows.push(...batch.toArray())
  opened.close()
  expect(opened.fields.map(({ kind }) => kind)).toEqual([
    'instant',
    'string',
    'struct',
    'list',
    'map',
    'date',
    'decimal',
    'string',
    'bytes',
    'string',
    'struct',
  ])
  const expected = orders.slice(1).map((order) => [order.products, order.total ?? undefined, order.blob ?? undefined, JSON.stringify(order.any)])
  expect(rows.map((row) => [row.products, row.total, row.blob, row.any])).toEqual([...expected, ...expected])
})

test('a schema made of a file has the same columns', async () => {
  const { fields, batches } = readIpc(await bytesOf(arrowEncoder))
  const schema = schemaOfFields(fields, { name: 'read' })
  expect(schema.fields).toEqual(fields)
  expect(batches.flatMap((batch) => fromRecordBatch(schema, batch).toArray()).map((row) => row.user)).toMatchObject(
    orders.map(({ user }) => ({ id: user.id })),
  )
})
