import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sink } from '@tickets/core'
import { bucket, day, type FileOptions, fileSink, jsonSink, parquetSink, yearMonthDay } from '@tickets/sinks'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyRow, commit, duck, Every, folder, plain, published, sparse, task } from './helpers.ts'

const at = (text: string) => new Date(text)
const foldersOf = async (path: string) => (await published(path)).map((name) => name.split('/').slice(0, -1).join('/'))
const hive = (path: string) => `read_parquet('${path}/**/*.parquet', hive_partitioning = true)`

test('rows lie in folders by column and day, columns of the path are not in the files, and files count up over all folders', async () => {
  const path = await folder()
  const rows = [
    { ...plain, kind: 'ü' as const, at: at('2026-11-21T23:59:59.999Z') },
    { ...plain, kind: 'a' as const, at: at('2026-11-22T00:00:00.000Z') },
    { ...plain, kind: 'ü' as const, at: at('2026-11-22T00:00:00.000Z') },
    { ...plain, kind: 'a' as const, at: at('2026-01-05T00:00:00.000Z') },
  ]
  const record = await commit(parquetSink(path, { partitionBy: ['kind', yearMonthDay('at')] }), rows, 7)
  const files = [
    'kind=a/year=2026/month=1/day=5/part-log1-tickets-0-7-0.parquet',
    'kind=a/year=2026/month=11/day=22/part-log1-tickets-0-7-1.parquet',
    'kind=ü/year=2026/month=11/day=21/part-log1-tickets-0-7-2.parquet',
    'kind=ü/year=2026/month=11/day=22/part-log1-tickets-0-7-3.parquet',
  ]
  expect(await published(path)).toEqual(files)
  expect(record).toMatchObject({ staging: '.staging/log1/all/tickets-0/7-a1', files: files.map((name) => ({ name, rows: 1 })) })
  const names = (await duck(`SELECT DISTINCT name FROM parquet_schema('${path}/**/*.parquet')`)).map(({ name }) => name)
  expect(names).toContain('at')
  expect(names).not.toContain('kind')
  const types = await duck(`DESCRIBE SELECT kind, year, month, day FROM ${hive(path)}`)
  expect(types.map((c) => c.column_type)).toEqual(['VARCHAR', 'BIGINT', 'BIGINT', 'BIGINT'])
  const read = await duck(
    `SELECT kind, year::INT AS year, month::INT AS month, day::INT AS day FROM ${hive(path)} ORDER BY file_row_number, filename`,
  )
  expect(read).toEqual([
    { kind: 'a', year: 2026, month: 1, day: 5 },
    { kind: 'a', year: 2026, month: 11, day: 22 },
    { kind: 'ü', year: 2026, month: 11, day: 21 },
    { kind: 'ü', year: 2026, month: 11, day: 22 },
  ])
  const [footer] = await duck(`SELECT decode(value) AS value FROM parquet_kv_metadata('${path}/${files[0]}') WHERE decode(key) = 'tickets'`)
  expect(JSON.parse(String(footer?.value))).toMatchObject({ schema: 'every', from: '70', partitions: ['kind', 'year', 'month', 'day'] })
})

test('day() makes one folder a day, named after its column, which DuckDB reads as a date', async () => {
  expect([day('created_at').as, day('at').as, day('seen', { as: 'day' }).as]).toEqual([['created_date'], ['at_date'], ['day']])
  const path = await folder()
  await commit(parquetSink(path, { partitionBy: [day('at')] }), [plain])
  expect(await foldersOf(path)).toEqual(['at_date=2026-03-29'])
  expect(await duck(`SELECT typeof(at_date) AS type, at_date::VARCHAR AS day FROM ${hive(path)}`)).toEqual([{ type: 'DATE', day: '2026-03-29' }])
})

test('bucket() divides a column of many values into a few folders, and leaves it in the files', async () => {
  const path = await folder()
  const rows = Array.from({ length: 200 }, (_, i) => ({ ...plain, text: `client ${i % 100}`, wholeOrNull: i < 4 ? null : i }))
  await commit(parquetSink(path, { partitionBy: [bucket('text', 4), bucket('wholeOrNull', 2)] }), rows)
  const read = await duck(`SELECT text, text_bucket AS bucket, typeof(text_bucket) AS type FROM ${hive(path)} WHERE "wholeOrNull_bucket" IS NOT NULL`)
  expect(new Set(read.map(({ type }) => type))).toEqual(new Set(['BIGINT']))
  expect(new Set(read.map((row) => Number(row.bucket)))).toEqual(new Set([0, 1, 2, 3]))
  // Equal values are in one bucket.
  expect(new Set(read.map((row) => `${row.text} ${row.bucket}`)).size).toBe(100)
  expect(read).toHaveLength(196)
  const without = await duck(`SELECT count(*)::INT AS n FROM ${hive(path)} WHERE "wholeOrNull_bucket" IS NULL AND "wholeOrNull" IS NULL`)
  expect(without).toEqual([{ n: 4 }])
})

test('days are those of a time zone where one is given, over the changes of its clocks', async () => {
  const days: readonly [zone: string, instant: string, day: string][] = [
    ['UTC', '2026-11-21T23:59:59.999Z', '2026-11-21'],
    ['Europe/Berlin', '2026-11-21T22:59:59.999Z', '2026-11-21'],
    ['Europe/Berlin', '2026-11-21T23:00:00.000Z', '2026-11-22'],
    ['Europe/Berlin', '2026-06-21T22:00:00.000Z', '2026-06-22'],
    ['Asia/Kathmandu', '2026-11-21T18:14:59.999Z', '2026-11-21'],
    ['Asia/Kathmandu', '2026-11-21T18:15:00.000Z', '2026-11-22'],
    ['America/Sao_Paulo', '2018-11-04T02:59:59.999Z', '2018-11-03'],
    ['America/Sao_Paulo', '2018-11-04T03:00:00.000Z', '2018-11-04'],
    ['Pacific/Apia', '2011-12-30T09:59:59.999Z', '2011-12-29'],
    ['Pacific/Apia', '2011-12-30T10:00:00.000Z', '2011-12-31'],
    ['Africa/Monrovia', '1971-06-01T00:44:29.999Z', '1971-05-31'],
    ['Africa/Monrovia', '1971-06-01T00:44:30.000Z', '1971-06-01'],
    ['UTC', '0001-01-01T00:00:00.000Z', '0001-01-01'],
    ['UTC', '1969-12-31T23:59:59.999Z', '1969-12-31'],
  ]
  for (const [timeZone, instant, folderDay] of days) {
    const path = await folder()
    await commit(jsonSink(path, { partitionBy: [day('at', { timeZone })] }), [{ ...plain, at: at(instant) }])
    expect(await foldersOf(path), `${timeZone} ${instant}`).toEqual([`at_date=${folderDay}`])
  }
})

test('null, absent and the empty text go to the default partition, and no row is lost', async () => {
  const path = await folder()
  const rows = [plain, sparse, { ...plain, maybe: 'x' }, { ...sparse, maybe: 'x' }, { ...plain, maybe: '' }]
  await commit(parquetSink(path, { partitionBy: ['maybe', 'kindOrNull', 'wholeOrNull', 'yesOrNot', day('atOrNull')] }), rows)
  const none = '__HIVE_DEFAULT_PARTITION__'
  expect(await foldersOf(path)).toEqual([
    `maybe=${none}/kindOrNull=${none}/wholeOrNull=${none}/yesOrNot=false/atOrNull_date=${none}`,
    `maybe=${none}/kindOrNull=x/wholeOrNull=-9007199254740991/yesOrNot=${none}/atOrNull_date=1969-12-31`,
    `maybe=x/kindOrNull=${none}/wholeOrNull=${none}/yesOrNot=false/atOrNull_date=${none}`,
    `maybe=x/kindOrNull=x/wholeOrNull=-9007199254740991/yesOrNot=${none}/atOrNull_date=1969-12-31`,
  ])
  const read = await duck(`SELECT maybe, "kindOrNull", "wholeOrNull" FROM ${hive(path)} ORDER BY ALL NULLS LAST`)
  const x = { kindOrNull: 'x', wholeOrNull: -9007199254740991n }
  const n = { kindOrNull: null, wholeOrNull: null }
  expect(read).toEqual([
    { maybe: 'x', ...x },
    { maybe: 'x', ...n },
    { maybe: null, ...x },
    { maybe: null, ...x },
    { maybe: null, ...n },
  ])
})

test('values with every special character come back from the path', async () => {
  const path = await folder()
  const texts = [
    'a/b',
    'a=b',
    '100%',
    '%41',
    'a b',
    ' ',
    '😀',
    'e\u0301',
    '..',
    '.',
    'a+b',
    'a&b',
    '#?*[]{}^:\'"\\',
    '\n\t\u0001',
    '007',
    'ü'.repeat(120),
  ]
  const rows = texts.map((text, small) => ({ ...plain, text, small }))
  await commit(parquetSink(path, { partitionBy: ['text'] }), rows)
  expect(await duck(`SELECT text, small FROM ${hive(path)} ORDER BY small`)).toEqual(rows.map(({ text, small }) => ({ text, small })))
})

const settings: readonly [name: string, options: FileOptions<Every>][] = [
  ['text and day', { partitionBy: ['text', day('at')] }],
  [
    'members and truths, sorted',
    { partitionBy: ['kind', 'yes', 'kindOrNull', 'yesOrNot'], sortBy: [{ column: 'at', descending: true }, { column: 'text' }] },
  ],
  ['numbers, small files', { partitionBy: ['small', 'wholeOrNull'], maxRowsPerFile: 2, sortBy: 'maybe' }],
]

test.each(settings)('any rows come back, and how they were batched does not show: %s', async (_, options) => {
  const columns = ['at', 'kind', 'real', 'whole', 'small', 'yes', 'kindOrNull', 'wholeOrNull', 'atOrNull'] as const
  const types = `{'text': VARCHAR, 'small': INTEGER, 'whole': BIGINT, 'wholeOrNull': BIGINT, 'yes': BOOLEAN, 'yesOrNot': BOOLEAN, 'kind': VARCHAR, 'kindOrNull': VARCHAR}`
  const key = (row: Record<string, unknown>) =>
    JSON.stringify(columns.map((c) => String(row[c] instanceof Date ? (row[c] as Date).toISOString() : row[c])))
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(anyRow, fc.nat(3)), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 20 }),
      async (some, perBatch) => {
        // Values that are the same now and then, and short enough for a folder.
        const rows = some.map(([row, n]) => ({
          ...row,
          text: row.text.slice(0, 8).toWellFormed(),
          small: n,
          wholeOrNull: n === 0 ? null : row.small,
        }))
        const [one, other] = [await folder(), await folder()]
        await commit(parquetSink(one, options), rows)
        await commit(parquetSink(other, options), rows, 0, task, perBatch)
        const names = await published(one)
        expect(await published(other)).toEqual(names)
        for (const name of names) expect(Buffer.compare(await readFile(join(one, name)), await readFile(join(other, name)))).toBe(0)
        const list = `[${names.map((name) => `'${join(one, name).replaceAll("'", "''")}'`).join(', ')}]`
        const read = await duck(`SELECT * FROM read_parquet(${list}, hive_partitioning = true, hive_types = ${typesIn(names, types)})`)
        expect(read.map(key).sort()).toEqual(rows.map((row) => key({ ...row, maybe: row.maybe ?? null })).sort())
      },
    ),
    { numRuns: 12 },
  )
})

/** DuckDB refuses types of columns that are not in the path. */
const typesIn = (names: readonly string[], types: string) => {
  const columns = (names[0] as string).split('/').map((segment) => segment.split('=')[0])
  return `{${types
    .slice(1, -1)
    .split(', ')
    .filter((entry) => columns.includes(entry.split("'")[1] as string))
    .join(', ')}}`
}

test.each<[why: RegExp, options: FileOptions]>([
  [/no column "txt"; the nearest are "text", "at"/, { partitionBy: ['txt'] }],
  [/"real" is a floating-point number/, { partitionBy: ['real'] }],
  [/"at" is an instant.*day\("at"\)/, { partitionBy: ['at'] }],
  [/day\("text"\) takes a column of instants/, { partitionBy: [day('text')] }],
  [/"kind" would stand beside the column "kind" of the files/, { partitionBy: [day('at', { as: 'kind' })] }],
  [/"KIND" would stand beside the column "kind"/, { partitionBy: [day('at', { as: 'KIND' })] }],
  [/"kind" would stand beside the partition "kind"/, { partitionBy: ['kind', 'kind'] }],
  [/"year" would stand beside the partition "year"/, { partitionBy: [yearMonthDay('at'), yearMonthDay('atOrNull')] }],
  [/readers skip folders that begin with "_"/, { partitionBy: [day('at', { as: '_day' })] }],
  [/sortBy: every has no column "sise"/, { sortBy: 'sise' }],
])('a wrong option is refused when the sink opens: %s', async (why, options) => {
  for (const format of ['parquet', 'json'] as const) {
    const opened = (fileSink(await folder(), { ...options, format }) as Sink<unknown>).open(task, Every)
    await expect(opened).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringMatching(why) })
  }
})

test.each(['parquet', 'arrow', 'csv', 'json'] as const)(
  'an empty dataset of %s has one file, in folders that say the types of the partitions',
  async (format) => {
    const path = await folder()
    await commit(fileSink<Every>(path, { format, partitionBy: ['text', 'kind', 'small', 'yes', yearMonthDay('at'), day('atOrNull')] }), [])
    expect(await foldersOf(path)).toEqual(['text=__EMPTY__/kind=a/small=0/yes=false/year=1970/month=1/day=1/atOrNull_date=1970-01-01'])
  },
)
