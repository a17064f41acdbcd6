import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { arrowSink, csvSink, fileSink, jsonSink, parquetSink } from '@tickets/sinks'
import { tableFromIPC } from 'apache-arrow'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyRow, commit, duck, Every, folder, parts, plain, range, sparse, task, writeRows } from './helpers.ts'

const big = { ...plain, text: '🎫'.repeat(262_144) }
const rows = [plain, sparse, big]

/** A row as other readers give it: nothing absent, integers as bigint, enums as text. */
const asRead = (row: Every) => ({
  ...row,
  maybe: row.maybe ?? null,
  yesOrNot: row.yesOrNot ?? null,
  whole: BigInt(row.whole),
  wholeOrNull: row.wholeOrNull === null ? null : BigInt(row.wholeOrNull),
})

/** The rows of the one .arrow file in a folder, read by apache-arrow. */
async function readArrow(path: string): Promise<unknown[]> {
  const [name] = await parts(path)
  const time = (t: unknown) => (t === null ? null : new Date(Number(t)))
  return tableFromIPC(await readFile(join(path, name as string)))
    .toArray()
    .map((row) => {
      const { at, atOrNull, ...rest } = row.toJSON() as Record<string, unknown>
      return { ...rest, at: time(at), atOrNull: time(atOrNull) }
    })
}

const columns = {
  at: 'TIMESTAMP WITH TIME ZONE',
  text: 'VARCHAR',
  kind: 'VARCHAR',
  real: 'DOUBLE',
  whole: 'BIGINT',
  small: 'INTEGER',
  yes: 'BOOLEAN',
  maybe: 'VARCHAR',
  kindOrNull: 'VARCHAR',
  wholeOrNull: 'BIGINT',
  yesOrNot: 'BOOLEAN',
  atOrNull: 'TIMESTAMP WITH TIME ZONE',
}
const declared = `{${Object.entries(columns)
  .map(([name, type]) => `"${name}": '${type}'`)
  .join(', ')}}`
const typesOf = async (from: string) => Object.fromEntries((await duck(`DESCRIBE SELECT * FROM ${from}`)).map((c) => [c.column_name, c.column_type]))
const csvFrom = (path: string) =>
  `read_csv('${path}/*.csv', header = true, allow_quoted_nulls = false, columns = ${declared}, max_line_size = 4000000)`

test.each(['snappy', 'zstd', 'gzip', 'none'] as const)('DuckDB reads %s Parquet with types and values', async (compression) => {
  const path = await folder()
  await commit(parquetSink(path, { compression }), rows, 0, task, 2)
  const from = `'${path}/**/*.parquet'`
  expect(await typesOf(from)).toEqual(columns)
  expect(await duck(`FROM ${from}`)).toEqual(rows.map(asRead))
  const used = await duck(`SELECT DISTINCT compression AS c FROM parquet_metadata(${from})`)
  expect(used).toEqual([{ c: compression === 'none' ? 'UNCOMPRESSED' : compression.toUpperCase() }])
  // REQUIRED unless the schema says otherwise, and no dictionary type that pandas would make a Categorical.
  const required = await duck(`SELECT name FROM parquet_schema(${from}) WHERE repetition_type = 'OPTIONAL'`)
  expect(required.map((c) => c.name)).toEqual(['maybe', 'kindOrNull', 'wholeOrNull', 'yesOrNot', 'atOrNull'])
  const times = await duck(`SELECT logical_type AS t FROM parquet_schema(${from}) WHERE name = 'at'`)
  expect(String(times[0]?.t)).toMatch(/isAdjustedToUTC=(1|true).*MILLIS/)
})

test('7.4 the Parquet footer says what the file holds, and keeps enums plain', async () => {
  const path = await folder()
  await commit(parquetSink(path), rows)
  const kv = await duck(`SELECT decode(key) AS key, decode(value) AS value FROM parquet_kv_metadata('${path}/*.parquet')`)
  const value = (key: string) => String(kv.find((entry) => entry.key === key)?.value)
  expect(JSON.parse(value('tickets'))).toEqual({ schema: 'every', version: 3, keys: [], flow: 'all', task: 'tickets-0', from: '0', to: '10' })
  const schema = Buffer.from(value('ARROW:schema'), 'base64')
  const { fields } = tableFromIPC(new Uint8Array(schema)).schema
  expect(fields.map((f) => String(f.type))).not.toContainEqual(expect.stringContaining('Dictionary'))
})

test('row groups are cut by rowGroupRows', async () => {
  const path = await folder()
  await commit(parquetSink(path, { rowGroupRows: 2 }), rows)
  expect(await duck(`SELECT num_row_groups::INT AS groups FROM parquet_file_metadata('${path}/*.parquet')`)).toEqual([{ groups: 2 }])
})

test('apache-arrow reads .arrow files with types, values and footer', async () => {
  const path = await folder()
  await commit(arrowSink(path), rows, 0, task, 1)
  const [name] = await parts(path)
  const table = tableFromIPC(await readFile(join(path, name as string)))
  expect(name).toBe('part-log1-tickets-0-0-0.arrow')
  expect(Object.fromEntries(table.schema.fields.map((f) => [f.name, `${f.type}${f.nullable ? '?' : ''}`]))).toEqual({
    at: 'Timestamp<MILLISECOND, UTC>',
    text: 'Utf8',
    kind: 'Utf8',
    real: 'Float64',
    whole: 'Int64',
    small: 'Int32',
    yes: 'Bool',
    maybe: 'Utf8?',
    kindOrNull: 'Utf8?',
    wholeOrNull: 'Int64?',
    yesOrNot: 'Bool?',
    atOrNull: 'Timestamp<MILLISECOND, UTC>?',
  })
  expect(await readArrow(path)).toEqual(rows.map(asRead))
  expect(JSON.parse(table.schema.metadata.get('tickets') ?? '')).toMatchObject({ schema: 'every', from: '0' })
})

test('DuckDB reads .jsonl and .csv files', async () => {
  const path = await folder()
  await commit(jsonSink(join(path, 'json')), rows)
  await commit(csvSink(join(path, 'csv')), rows)
  expect(await duck(`FROM read_json('${path}/json/*.jsonl', columns = ${declared}, maximum_object_size = 4000000)`)).toEqual(rows.map(asRead))
  expect(await duck(`FROM ${csvFrom(join(path, 'csv'))}`)).toEqual(rows.map(asRead))
})

test('JSON keeps key order, and tells absent from null', async () => {
  const path = await folder()
  await commit(jsonSink(path), [plain, sparse])
  const lines = (await readFile(join(path, 'part-log1-tickets-0-0-0.jsonl'), 'utf8')).split('\n')
  expect(lines[0]).toBe(
    '{"at":"2026-03-29T01:30:00.123Z","text":"ça va? 你好 👩‍🚀","kind":"b,\\"","real":0.1,"whole":9007199254740991,"small":-2147483648,"yes":true,"kindOrNull":"x","wholeOrNull":-9007199254740991,"atOrNull":"1969-12-31T23:59:59.999Z"}',
  )
  expect(lines[1]).toContain('"maybe":"","kindOrNull":null,"wholeOrNull":null,"yesOrNot":false,"atOrNull":null}')
  expect(lines[2]).toBe('')
})

test('CSV tells an empty text from null', async () => {
  const path = await folder()
  await commit(csvSink(path), [plain, sparse])
  const lines = (await readFile(join(path, 'part-log1-tickets-0-0-0.csv'), 'utf8')).split('\r\n')
  expect(lines).toEqual([
    'at,text,kind,real,whole,small,yes,maybe,kindOrNull,wholeOrNull,yesOrNot,atOrNull',
    '2026-03-29T01:30:00.123Z,ça va? 你好 👩‍🚀,"b,""",0.1,9007199254740991,-2147483648,true,,x,-9007199254740991,,1969-12-31T23:59:59.999Z',
    '2026-03-29T01:30:00.123Z,"","b,""",-1e+300,9007199254740991,2147483647,false,"",,,false,',
    '',
  ])
})

test('minus zero stays minus zero in JSON and CSV', async () => {
  const path = await folder()
  const row = { ...plain, real: -0 }
  await commit(jsonSink(join(path, 'json')), [row])
  await commit(csvSink(join(path, 'csv')), [row])
  expect(await duck(`SELECT real FROM read_json('${path}/json/*.jsonl', columns = ${declared})`)).toEqual([{ real: -0 }])
  expect(await duck(`SELECT real FROM ${csvFrom(join(path, 'csv'))}`)).toEqual([{ real: -0 }])
})

test('JSON refuses an infinite number, naming the column', async () => {
  const writer = await jsonSink(await folder()).open(task, Every)
  await writeRows(writer, [{ ...plain, real: Number.POSITIVE_INFINITY }])
  await expect(writer.stage(0, 'a', range(0, 1))).rejects.toMatchObject({ code: 'ENCODER_FAILED', message: expect.stringContaining('"real"') })
})

test('7.3 an empty range gives one zero-row file with the columns, for Parquet, Arrow and CSV', async () => {
  const path = await folder()
  for (const format of ['parquet', 'arrow', 'csv', 'json'] as const) await commit(fileSink(join(path, format), { format }), [])
  expect(await duck(`SELECT count(*)::INT AS n FROM '${path}/parquet/*.parquet'`)).toEqual([{ n: 0 }])
  expect(await typesOf(`'${path}/parquet/*.parquet'`)).toEqual(columns)
  expect(await typesOf(csvFrom(join(path, 'csv')))).toEqual(columns)
  const table = tableFromIPC(await readFile(join(path, 'arrow', 'part-log1-tickets-0-0-0.arrow')))
  expect([table.numRows, table.schema.fields.length]).toEqual([0, 12])
  expect(await readFile(join(path, 'json', 'part-log1-tickets-0-0-0.jsonl'), 'utf8')).toBe('')
})

test.each(['parquet', 'arrow', 'json', 'csv'] as const)(
  'any rows come back from %s, and how they were batched does not show in the bytes',
  async (format) => {
    const reads = {
      parquet: (path: string) => duck(`FROM '${path}/*.parquet'`),
      json: (path: string) => duck(`FROM read_json('${path}/*.jsonl', columns = ${declared})`),
      csv: (path: string) => duck(`FROM ${csvFrom(path)}`),
      arrow: readArrow,
    }
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow, { minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 20 }), async (some, perBatch) => {
        const [one, other] = [await folder(), await folder()]
        await commit(fileSink(one, { format }), some)
        await commit(fileSink(other, { format }), some, 0, task, perBatch)
        const [name] = (await parts(one)) as [string]
        expect(await parts(other)).toEqual([name])
        expect(Buffer.compare(await readFile(join(one, name)), await readFile(join(other, name)))).toBe(0)
        const read = await reads[format](one)
        if (read) expect(read).toEqual(some.map(asRead))
      }),
      { numRuns: 25 },
    )
  },
)

test('texts that hardly repeat get no dictionary, those that do keep one', async () => {
  const path = await folder()
  const many = Array.from({ length: 5000 }, (_, i) => ({ ...plain, text: `text number ${i}`, maybe: `of ${i % 500}` }))
  await commit(parquetSink(path), many)
  const encodings = await duck(`SELECT path_in_schema AS name, encodings FROM parquet_metadata('${path}/*.parquet')`)
  const of = (name: string) => String(encodings.find((c) => c.name === name)?.encodings)
  expect(of('text')).toMatch(/DELTA_LENGTH_BYTE_ARRAY/)
  expect(of('text')).not.toMatch(/DICTIONARY/)
  expect(of('maybe')).toMatch(/RLE_DICTIONARY/)
  expect(await duck(`FROM '${path}/*.parquet'`)).toEqual(many.map(asRead))
})
