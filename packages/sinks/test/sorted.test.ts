import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Batch, defineSchema, instant, type Staged } from '@tickets/core'
import { fromRecordBatch, toRecordBatch } from '@tickets/core/arrow'
import { type FileOptions, jsonSink, parquetSink } from '@tickets/sinks'
import { type Data, makeData, RecordBatch, Struct, Utf8 } from 'apache-arrow'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { commit, duck, type Every, folder, plain, published, range, task } from './helpers.ts'

const foldersOf = async (path: string) => (await published(path)).map((name) => name.split('/').slice(0, -1).join('/'))
const hive = (path: string) => `read_parquet('${path}/**/*.parquet', hive_partitioning = true)`

test('maxRowsPerFile counts in each folder, and sorted files follow each other', async () => {
  const path = await folder()
  const rows = Array.from({ length: 50 }, (_, i) => ({ ...plain, small: (i * 37) % 50, kind: i % 2 ? ('a' as const) : ('ü' as const) }))
  await commit(parquetSink(path, { partitionBy: ['kind'], maxRowsPerFile: 10, sortBy: 'small' }), rows)
  const files = await duck(
    `SELECT filename, kind, min(small) AS low, max(small) AS high, count(*)::INT AS n FROM ${hive(path)} GROUP BY ALL ORDER BY filename`,
  )
  expect(files.map(({ kind, n }) => [kind, n])).toEqual([
    ['a', 10],
    ['a', 10],
    ['a', 5],
    ['ü', 10],
    ['ü', 10],
    ['ü', 5],
  ])
  expect(files[0]?.high).toBeLessThan(Number(files[1]?.low))
  expect(files[4]?.high).toBeLessThan(Number(files[5]?.low))
})

test('rows are sorted in each file: several columns, downwards, stable, nulls last, texts by code points', async () => {
  const path = await folder()
  const texts = ['b', 'a', '😀', 'ﬀ', '', 'aa', 'Z']
  const rows = texts.flatMap((text, i) => [
    { ...plain, text, small: i, wholeOrNull: i % 3 === 0 ? null : -i },
    { ...plain, text, small: i + 100, kind: 'a' as const, wholeOrNull: i },
  ])
  const sorted = async (sortBy: FileOptions<Every>['sortBy']) => {
    const to = join(path, String(Math.random()))
    await commit(jsonSink<Every>(to, { ...(sortBy && { sortBy }) }), rows)
    const [name] = await published(to)
    return (await readFile(join(to, name as string), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Every)
  }
  expect((await sorted('text')).map(({ text, small }) => [text, small])).toEqual(
    ['', 'Z', 'a', 'aa', 'b', 'ﬀ', '😀'].flatMap((text) => [
      [text, texts.indexOf(text)],
      [text, texts.indexOf(text) + 100],
    ]),
  )
  expect((await sorted([{ column: 'wholeOrNull', descending: true }])).map(({ wholeOrNull }) => wholeOrNull)).toEqual([
    6,
    5,
    4,
    3,
    2,
    1,
    0,
    -1,
    -2,
    -4,
    -5,
    null,
    null,
    null,
  ])
  const byKind = await sorted([
    { column: 'kind', descending: true },
    { column: 'small', descending: true },
  ])
  expect(byKind.map(({ small }) => small)).toEqual([6, 5, 4, 3, 2, 1, 0, 106, 105, 104, 103, 102, 101, 100])
})

test('times, texts and numbers have their least and largest in the footer, for readers to skip by', async () => {
  const path = await folder()
  const rows = Array.from({ length: 300 }, (_, i) => ({
    ...plain,
    at: new Date(Date.UTC(2026, 0, 1) + ((i * 7919) % 300) * 60_000),
    text: `t${String(i).padStart(3, '0')}`,
    small: i,
  }))
  await commit(parquetSink(path, { sortBy: 'at', rowGroupRows: 100 }), rows)
  const statistics = await duck(
    `SELECT path_in_schema AS name, row_group_id::INT AS g, stats_min_value AS low, stats_max_value AS high FROM parquet_metadata('${path}/*.parquet') ORDER BY ALL`,
  )
  const of = (name: string) => statistics.filter((c) => c.name === name)
  expect(of('at').map(({ low, high }) => [String(low).slice(11, 16), String(high).slice(11, 16)])).toEqual([
    ['00:00', '01:39'],
    ['01:40', '03:19'],
    ['03:20', '04:59'],
  ])
  expect(of('text')).toHaveLength(3)
  for (const { low, high } of [...of('text'), ...of('small'), ...of('whole')]) expect([low, high]).not.toContain(null)
})

test('rows of which Arrow has other bytes below a null are grouped and sorted as null', async () => {
  const Small = defineSchema(z.object({ at: instant(), text: z.string().nullable(), n: z.int32() }), { name: 'small', time: 'at' })
  // A foreign library may leave anything there; ours leaves nothing.
  const of = (text: string[], nullBitmap: Uint8Array | null) => {
    const valueOffsets = Int32Array.from([0, ...text.map((_, i) => text.slice(0, i + 1).join('').length)])
    return makeData({
      type: new Utf8(),
      length: text.length,
      nullBitmap,
      nullCount: nullBitmap ? 1 : 0,
      valueOffsets,
      data: Buffer.from(text.join('')),
    })
  }
  const rows = toRecordBatch(
    Batch.of(
      Small,
      [0, 1, 2].map((n) => ({ at: plain.at, text: 'x', n })),
    ),
  )
  const [times, , numbers] = rows.data.children
  const children = [times, of(['x', 'x', 'x'], Uint8Array.of(0b110)), numbers] as Data[]
  const data = makeData({ type: new Struct(rows.schema.fields), length: 3, nullCount: 0, children })
  const path = await folder()
  const writer = await jsonSink<unknown>(path, { partitionBy: ['text'], sortBy: 'text' }).open(task, Small)
  await writer.write(fromRecordBatch(Small, new RecordBatch(rows.schema, data)))
  await writer.publish((await writer.stage(0, 'a', range(0, 3))) as Staged)
  const files = await Promise.all((await published(path)).map((name) => readFile(join(path, name), 'utf8')))
  expect(
    files.map((text) =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).n),
    ),
  ).toEqual([[0], [1, 2]])
  expect(await foldersOf(path)).toEqual(['text=__HIVE_DEFAULT_PARTITION__', 'text=x'])
})
