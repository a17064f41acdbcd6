import { readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Batch, count, defineSchema, generator, instant, into, pipeline, tumbling, windowed } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { compact, type FileFormat, fileSink, files, jsonSink, parquetSink } from '@tickets/sinks'
import { tableFromIPC } from 'apache-arrow'
import { Subject } from 'rxjs'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { commit, duck, type Every, folder, parts, plain, range, sparse, task } from '../../../test/helpers.ts'
import { failingOnce, globbed, numbersIn, publishRows, quick, row, taskNamed } from '../../../test/lake-helpers.ts'
import { parseFooter } from '../formats/footers.ts'

const quoted = (paths: readonly string[]) => `[${paths.map((path) => `'${path}'`).join(', ')}]`

/** Every row as somebody else's reader finds it, in order. */
const read: Record<FileFormat, (paths: readonly string[]) => Promise<unknown[]>> = {
  parquet: (paths) => duck(`SELECT * FROM read_parquet(${quoted(paths)})`),
  csv: (paths) => duck(`SELECT * FROM read_csv(${quoted(paths)}, header = true, all_varchar = true, allow_quoted_nulls = false)`),
  json: async (paths) =>
    (await Promise.all(paths.map((path) => readFile(path, 'utf8')))).flatMap((text) =>
      text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    ),
  arrow: async (paths) => (await Promise.all(paths.map((path) => readFile(path)))).flatMap((bytes) => tableFromIPC(bytes).toArray().map(String)),
}

describe.each(['parquet', 'arrow', 'json', 'csv'] as const)('%s', (format) => {
  test('the merged file has the rows of all, in order, with every kind of column and value', async () => {
    const dir = await folder()
    const sink = fileSink<Every>(dir, { format })
    await commit(sink as never, [], 0)
    for (let n = 1; n < 5; n++) await commit(sink as never, [row(n * 10), { ...sparse, small: n * 10 + 1 }], n)
    const before = await read[format](await files(dir))
    expect(before).toHaveLength(8)
    expect(await compact(dir)).toMatchObject({ merged: 4, written: 1, rows: 6, superseded: 0 })
    expect(await parts(dir)).toHaveLength(2)
    expect(await read[format](await files(dir))).toEqual(before)
    expect(await compact(dir)).toMatchObject({ merged: 0, written: 0 })
  })
})

test('the footer says which ranges a merged file holds, and the same files give the same bytes', async () => {
  const merged = async () => {
    const dir = await folder()
    for (let n = 0; n < 4; n++) await commit(parquetSink(dir), [row(n)], n)
    await commit(parquetSink(dir), [row(9)], 0, taskNamed('tickets-1'))
    await commit(parquetSink(dir), [row(9)], 6, taskNamed('tickets-1'))
    await compact(dir)
    return readFile(join(dir, 'part-log1-compact-0-0.parquet'))
  }
  const bytes = await merged()
  expect(await merged()).toEqual(bytes)
  const dir = await folder()
  await writeFile(join(dir, 'a.parquet'), bytes)
  const [said] = await duck(`SELECT decode(value) AS text FROM parquet_kv_metadata('${dir}/a.parquet') WHERE decode(key) = 'tickets'`)
  expect(parseFooter(String(said?.text))).toEqual({
    schema: 'every',
    version: 3,
    keys: [],
    flow: 'all',
    tasks: { 'tickets-0': [['0', '30']], 'tickets-1': [['0', '10']] },
  })
})

test('files are put together up to the target size, and large ones stay', async () => {
  const dir = await folder()
  for (let n = 0; n < 9; n++) await publishRows(dir, task, n, n === 4 ? Array.from({ length: 50 }, (_, i) => 1000 + i) : [n], { files: quick })
  const size = (await readFile(join(dir, 'part-log1-tickets-0-0-0.jsonl'))).length
  expect(await compact(dir, { targetFileSize: size * 3 })).toMatchObject({ merged: 6, written: 2 })
  expect(await parts(dir)).toContain('part-log1-tickets-0-4-0.jsonl')
})

test('by default files are put together up to 128 MiB', async () => {
  const dir = await folder()
  for (let n = 0; n < 5; n++) await publishRows(dir, task, n, [n], { files: quick })
  const compacting = (size: number) => {
    const isInput = (path: string) => /tickets-0-\d-0\.jsonl$/.test(path)
    const files: typeof quick = {
      ...quick,
      stat: async (path) => quick.stat(path).then((entry) => entry && (isInput(path) ? { ...entry, size } : entry)),
    }
    return compact(dir, { files })
  }
  expect(await compacting(2 ** 26 + 1)).toMatchObject({ merged: 0 })
  expect(await compacting(2 ** 26)).toMatchObject({ merged: 4, written: 2 })
})

test('a dataset without anything to do costs no wait for the disk', async () => {
  const dir = await folder()
  for (let n = 0; n < 5; n++) await publishRows(dir, task, n, [n], { files: quick })
  await compact(dir, { files: quick })
  const counted = failingOnce(Number.POSITIVE_INFINITY)
  expect(await compact(dir, { files: counted })).toMatchObject({ merged: 0 })
  expect(counted.calls.filter((call) => /^(sync|write|make|link|unlink)/.test(call))).toEqual([])
})

test('before: younger files are left alone', async () => {
  const dir = await folder()
  for (let n = 0; n < 6; n++) await publishRows(dir, task, n, [n], { files: quick })
  for (const n of [0, 1, 2]) await utimes(join(dir, `part-log1-tickets-0-${n}-0.jsonl`), 1_000, 1_000)
  expect(await compact(dir, { before: new Date(2_000_000) })).toMatchObject({ merged: 3, written: 1 })
  expect(await numbersIn(await files(dir))).toEqual([0, 1, 2, 3, 4, 5])
})

test('folders of partitions stay apart, and their files without rows stay', async () => {
  const dir = await folder()
  const sink = parquetSink<Every>(dir, { partitionBy: ['kind'] })
  await commit(sink as never, [], 0)
  for (let n = 1; n < 5; n++)
    await commit(
      sink as never,
      [
        { ...row(n), kind: 'a' },
        { ...row(n + 100), kind: 'ü' },
      ],
      n,
    )
  const all = `SELECT small, kind FROM read_parquet('${dir}/**/*.parquet', hive_partitioning = true) ORDER BY ALL`
  const before = await duck(all)
  expect(await compact(dir)).toMatchObject({ merged: 6, written: 2, rows: 6 })
  expect(await duck(all)).toEqual(before)
  expect((await files(dir)).filter((path) => /-tickets-0-0-0\.parquet$/.test(path))).toHaveLength(1)
})

test('7.2 results that a higher revision has replaced are dropped, whatever file it is in', async () => {
  const dir = await folder()
  const Windowed = windowedSchema()
  const result = (minute: number, revision: number, tickets: number) => ({
    window_start: new Date(minute * 60_000),
    window_end: new Date((minute + 1) * 60_000),
    tickets,
    revision,
  })
  const ranges = [[result(0, 0, 1), result(1, 0, 5)], [result(2, 0, 7), result(0, 1, 2)], [result(3, 0, 1)], [result(0, 2, 3), result(2, 1, 8)]]
  for (const format of ['parquet', 'arrow'] as const) {
    const target = join(dir, format)
    for (const [n, rows] of ranges.entries()) {
      const writer = await fileSink(target, { format }).open(taskNamed('merge'), Windowed as never)
      await writer.write(Batch.of(Windowed as never, rows as never))
      await writer.publish((await writer.stage(n, 'a', range(n, n + 1))) as never)
    }
    expect(await compact(target), format).toMatchObject({ merged: 3, written: 1, rows: 2, superseded: 3 })
    expect(await compact(target), format).toMatchObject({ written: 0 })
  }
  expect(
    await duck(`SELECT epoch_ms(window_start) // 60000 AS minute, tickets FROM read_parquet('${dir}/parquet/*.parquet') ORDER BY minute`),
  ).toEqual([
    { minute: 0n, tickets: 3n },
    { minute: 1n, tickets: 5n },
    { minute: 2n, tickets: 8n },
    { minute: 3n, tickets: 1n },
  ])
})

/** The schema of a window's results, with its keys, as the operator makes it. */
function windowedSchema(): Batch<unknown>['schema'] {
  const Row = defineSchema(z.object({ at: instant() }), { name: 'row', time: 'at' })
  let schema: Batch<unknown>['schema'] | undefined
  const source = new Subject<Batch<{ at: Date }>>()
  source.pipe(windowed(tumbling({ size: '1 minute' }), { aggregate: { tickets: count() } })).subscribe((batch) => (schema = batch.schema))
  source.next(Batch.of(Row, [{ at: new Date(0) }]))
  source.complete()
  if (!schema) throw new Error('no window was shown')
  return schema
}

test('a new log that overwrites removes merged files and records too', async () => {
  const dir = await folder()
  for (let n = 0; n < 4; n++) await publishRows(dir, task, n, [n], { files: quick })
  const old = jsonSink(dir)
  await old.begin?.({ id: 'log1', takesOver: false, remove: [] })
  await compact(dir)
  const fresh = jsonSink(dir, { mode: 'overwrite' })
  const prepared = await fresh.prepare?.({ id: 'log2' })
  expect(prepared?.takesOver).toBe(true)
  // What became visible after the list was made.
  for (let n = 4; n < 8; n++) await publishRows(dir, task, n, [n], { files: quick })
  await compact(dir)
  await fresh.begin?.({ id: 'log2', takesOver: true, remove: prepared?.remove ?? [] })
  expect(await files(dir)).toEqual([])
  expect((await globbed(dir)).filter((path) => path.includes('compact'))).toEqual([])
  await publishRows(dir, taskNamed('tickets-0', 'log2'), 0, [77], { files: quick })
  expect(await numbersIn(await files(dir))).toEqual([77])
})

test('what makes no sense is refused, and a damaged file or record is named', async () => {
  const dir = await folder()
  await expect(compact(dir, { targetFileSize: 0 })).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  await expect(compact(dir, { before: new Date(Number.NaN) })).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  for (const call of [compact, files]) await expect(call(join(dir, 'nowhere'))).rejects.toMatchObject({ code: 'TARGET_UNUSABLE' })
  expect(() => parquetSink(dir, { compact: { every: 0 } })).toThrow('compact.every')
  expect(() => parquetSink(dir, { compact: { every: '1 minute', targetFileSize: -1 } })).toThrow('targetFileSize')
  for (let n = 0; n < 4; n++) await commit(parquetSink(dir), [plain], n)
  const file = join(dir, 'part-log1-tickets-0-1-0.parquet')
  await writeFile(file, 'PAR1 no more')
  await expect(compact(dir)).rejects.toMatchObject({ code: 'SINK_FAILED', message: expect.stringContaining(file) })
})

test('a pipeline compacts its dataset every so often, and says so', async () => {
  const path = await folder()
  const dir = join(path, 'tickets')
  const told: string[] = []
  const note = (message: string) => void told.push(message)
  await pipeline({
    name: 'lake',
    source: generator({ tickets: 6_000, rate: 3_000 }),
    log: commitLog(join(path, 'log')),
    range: { time: 50 },
    logger: { debug() {}, info: note, warn: note, error: note },
    flows: (tickets) => ({ all: tickets.pipe(into(parquetSink(dir, { compact: { every: 200 } }))) }),
  }).run({ handleSignals: false })
  expect(told.filter((text) => /^compacted .* files became \d+$/.test(text)).length).toBeGreaterThan(0)
  const [counted] = await duck(`SELECT count(*) AS n, count(DISTINCT ticket_id) AS ids FROM read_parquet(${quoted(await files(dir))})`)
  expect(counted).toEqual({ n: 6000n, ids: 6000n })
})
