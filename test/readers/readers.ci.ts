import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Batch } from '@tickets/core'
import { day, type FileFormat, type FileOptions, fileSink, parquetSink, yearMonthDay } from '@tickets/sinks'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { duck } from '../../packages/sinks/test/helpers.ts'
import { columns, labels, Reading, rows, write } from './data.ts'
import { type PythonReaders, pythonReaders, type ReadAnswer, type ReadJob, readersPythonOrSkip } from './python.ts'

const python = await readersPythonOrSkip()
let readers: PythonReaders
let base: string
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'tickets-readers-'))
  if (python) readers = await pythonReaders(python)
})
afterAll(async () => {
  readers?.close()
  await rm(base, { recursive: true, force: true })
})

const partitionBy = ['label', 'group', 'number', 'open', yearMonthDay('at'), day('atOrNull')] as const
const leaving = ['label', 'group', 'number', 'open']
const days = ['year', 'month', 'day', 'atOrNull_date']
const layouts: Readonly<Record<string, { options: FileOptions<Reading>; partitions: readonly string[] }>> = {
  'in one folder': { options: {}, partitions: [] },
  'in partitions': { options: { partitionBy }, partitions: [...leaving, ...days] },
}

const duckTypes: Readonly<Record<string, string>> = {
  string: 'VARCHAR',
  double: 'DOUBLE',
  int64: 'BIGINT',
  int32: 'INTEGER',
  bool: 'BOOLEAN',
  timestamp: 'TIMESTAMP WITH TIME ZONE',
}

/** The same dataset by DuckDB, in the same words as the readers in Python. */
async function readDuck({ format, path, columns: own, partitions }: Omit<ReadJob, 'reader'>): Promise<ReadAnswer> {
  const declared = `{${Object.entries(own)
    .map(([name, type]) => `"${name}": '${duckTypes[type]}'`)
    .join(', ')}}`
  const hive = `hive_partitioning = ${partitions.length > 0}`
  const from = {
    parquet: `read_parquet('${path}/**/*.parquet', ${hive})`,
    csv: `read_csv('${path}/**/*.csv', header = true, quote = '"', escape = '"', allow_quoted_nulls = false, columns = ${declared}, max_line_size = 4000000, ${hive})`,
    json: `read_json('${path}/**/*.jsonl', columns = ${declared}, maximum_object_size = 8000000, ${hive})`,
    arrow: '',
  }[format]
  const types = Object.fromEntries((await duck(`DESCRIBE FROM ${from}`)).map((c) => [String(c.column_name), String(c.column_type)]))
  const text = ([name, value]: [string, unknown]) => [
    name,
    value instanceof Date
      ? value.toISOString().slice(0, types[name] === 'DATE' ? 10 : undefined)
      : typeof value === 'bigint' || typeof value === 'number'
        ? String(value)
        : value,
  ]
  return { types, rows: (await duck(`FROM ${from}`)).map((row) => Object.fromEntries(Object.entries(row).map(text as never))) }
}

/** Rows as readers should have them, by label: numbers as text, partitions as their text in the path. */
function expected(partitions: readonly string[]): Record<string, unknown>[] {
  const text = (value: unknown) => (typeof value === 'number' ? String(value) : value instanceof Date ? value.toISOString() : (value ?? null))
  return rows.map((row) => {
    const own = Object.fromEntries(Object.keys(columns).map((name) => [name, text(row[name as keyof Reading])]))
    const day = { year: row.at.getUTCFullYear(), month: row.at.getUTCMonth() + 1, day: row.at.getUTCDate() }
    const all: Record<string, unknown> = { ...own, ...day, atOrNull_date: row.atOrNull?.toISOString().slice(0, 10) ?? null }
    const path = Object.fromEntries(partitions.map((name) => [name, all[name] === null ? null : String(all[name])]))
    return { ...own, ...path }
  })
}

/** What readers say differently without meaning anything else: the digits of doubles and the types that they infer for partitions. */
function same(read: readonly Readonly<Record<string, unknown>>[], partitions: readonly string[]): Record<string, unknown>[] {
  const value = (name: string, got: unknown) => {
    if (got === null || got === undefined) return null
    if (partitions.includes(name)) return String(got)
    if (typeof got === 'string' && got.length > 1000) return `${got.length} characters, ${createHash('sha256').update(got).digest('hex')}`
    return columns[name] === 'double' ? String(Number(got)) : got
  }
  const order = (row: Readonly<Record<string, unknown>>) => labels.indexOf(String(row.label))
  return [...read]
    .sort((a, b) => order(a) - order(b))
    .map((row) => Object.fromEntries(Object.entries(row).map(([name, got]) => [name, value(name, got)])))
}

/** The type names of each reader for the columns of files, and those that it infers for the columns of the path. */
const typeNames: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  duckdb: duckTypes,
  pyarrow: { string: 'string', double: 'double', int64: 'int64', int32: 'int32', bool: 'bool', timestamp: 'timestamp[ms, tz=UTC]' },
  polars: {
    string: 'String',
    double: 'Float64',
    int64: 'Int64',
    int32: 'Int32',
    bool: 'Boolean',
    timestamp: "Datetime(time_unit='ms', time_zone='UTC')",
  },
  pandas: {
    string: 'string[pyarrow]',
    double: 'double[pyarrow]',
    int64: 'int64[pyarrow]',
    int32: 'int32[pyarrow]',
    bool: 'bool[pyarrow]',
    timestamp: 'timestamp[ms, tz=UTC][pyarrow]',
  },
}
const inferred: Readonly<Record<string, readonly [text: string, integer: string, truth: string, date: string]>> = {
  duckdb: ['VARCHAR', 'BIGINT', 'VARCHAR', 'DATE'],
  pyarrow: ['string', 'int32', 'string', 'string'],
  polars: ['String', 'Int64', 'Boolean', 'Date'],
  pandas: ['string[pyarrow]', 'int32[pyarrow]', 'string[pyarrow]', 'string[pyarrow]'],
}

function expectedTypes(reader: string, format: FileFormat, partitions: readonly string[]): Record<string, string> {
  const own = Object.entries(columns).filter(([name]) => !partitions.includes(name))
  const [text, integer, truth, day] = inferred[reader] ?? ['', '', '', '']
  const asText = typeNames[reader]?.string as string
  const path: Record<string, string> = {
    label: text,
    group: text,
    number: integer,
    open: truth,
    year: integer,
    month: integer,
    day: integer,
    atOrNull_date: day,
  }
  // These readers take all types from us, or do not infer types from paths.
  const told = (reader === 'polars' && (format === 'csv' || format === 'json')) || (reader === 'pyarrow' && format === 'json')
  return Object.fromEntries([
    ...own.map(([name, type]) => [name, typeNames[reader]?.[type]]),
    ...partitions.map((name) => [name, told ? asText : path[name]]),
  ])
}

const all = (['parquet', 'arrow', 'csv', 'json'] as const).flatMap((format) =>
  Object.entries(layouts).flatMap(([layout, { options, partitions }]) =>
    (['duckdb', 'pyarrow', 'polars', 'pandas'] as const)
      // DuckDB reads no Arrow files without an extension; pandas reads folders of Parquet alone.
      .filter((reader) => (reader === 'duckdb' ? format !== 'arrow' : reader === 'pandas' ? format === 'parquet' : true))
      .map((reader) => ({ format, layout, options, partitions, reader })),
  ),
)

describe.each(all)('$reader reads $format $layout', ({ format, layout, options, partitions, reader }) => {
  const read = async (path: string) => {
    const job = { format, path, partitions, columns: Object.fromEntries(Object.entries(columns).filter(([name]) => !partitions.includes(name))) }
    return reader === 'duckdb' ? readDuck(job) : readers.read({ ...job, reader })
  }
  const dataset = async (ranges: readonly (readonly Reading[])[]) => {
    const path = await mkdtemp(join(base, `${format}-${layout.replaceAll(' ', '-')}-`))
    await write(fileSink<Reading>(path, { ...options, format }), ranges, (some) => Batch.of(Reading, some))
    return path
  }

  test.skipIf(reader !== 'duckdb' && !python)('types and values, beside the file without rows', async () => {
    const { types, rows: found } = await read(await dataset([rows.slice(0, 9), rows.slice(9)]))
    expect(types).toEqual(expectedTypes(reader, format, partitions))
    expect(same(found, partitions)).toEqual(same(expected(partitions), partitions))
  })

  test.skipIf(reader !== 'duckdb' && !python)('the same types where there are no rows at all', async () => {
    const { types, rows: found } = await read(await dataset([]))
    expect(found).toEqual([])
    expect(types).toEqual(expectedTypes(reader, format, partitions))
  })
})

// Without the zero-row file's folder, pyarrow and polars read 7 and 42.
test.skipIf(!python)('texts of digits in a path stay texts', async () => {
  const path = await mkdtemp(join(base, 'digits-'))
  const two = rows.slice(0, 2).map((row, i) => ({ ...row, label: i === 0 ? '007' : '42' }))
  await write(parquetSink<Reading>(path, { partitionBy: ['label'] }), [two], (some) => Batch.of(Reading, some))
  const job = { format: 'parquet', path, partitions: ['label'], columns: {} } as const
  const found = await Promise.all([readDuck(job), readers.read({ ...job, reader: 'pyarrow' }), readers.read({ ...job, reader: 'polars' })])
  for (const { rows: read } of found) expect(read.map(({ label }) => label).sort()).toEqual(['007', '42'])
})
