import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { assignTeam, count, GENERATOR_DISORDER, generator, into, pipeline, tumbling, windowed } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { compact, type FileFormat, fileSink, files, inspect, parquetSink, viewSql, yearMonthDay } from '@tickets/sinks'
import { expect, test } from 'vitest'
import { commit, duck, type Every, folder } from '../../test/helpers.ts'
import { row, taskNamed } from '../../test/lake-helpers.ts'

test('it says what a dataset holds, before a compaction and after', async () => {
  const dir = await folder()
  for (let n = 0; n < 4; n++) await commit(parquetSink(dir), [row(n), { ...row(n + 10), at: new Date(Date.UTC(2026, 0, 1 + n)) }], n)
  await commit(parquetSink(dir), [row(7)], 0, taskNamed('tickets-1'))
  const [before] = await inspect(dir)
  expect(before).toMatchObject({
    dir,
    version: null,
    format: 'parquet',
    schemas: [{ name: 'every', version: 3, files: 5 }],
    keys: [],
    rows: 9,
    files: 5,
    time: { column: 'at', from: new Date('2026-01-01'), to: new Date('2026-03-29T01:30:00.123Z') },
    tasks: { 'tickets-0': [['0', '40']], 'tickets-1': [['0', '10']] },
    partitions: [{ folder: '', rows: 9, files: 5 }],
    small: { files: 5, share: 1 },
    compacted: 0,
    json: { sampled: 9 },
  })
  await compact(dir)
  const [after] = await inspect(dir)
  expect(after).toMatchObject({ rows: 9, files: 3, tasks: before?.tasks, time: before?.time, compacted: 1, schemas: [{ files: 3 }] })
  expect(after?.json).toMatchObject({ sampled: 9, bytes: before?.json?.bytes })
})

test('the comparison with JSON is that of the JSON sink, within the sample', async () => {
  const path = await folder()
  const to = (format: FileFormat) => into<Every>(fileSink(join(path, format), { format }) as never)
  await pipeline({
    name: 'both',
    source: generator({ tickets: 3_000 }),
    log: commitLog(join(path, 'log')),
    flows: (tickets) => ({ parquet: tickets.pipe(to('parquet') as never), json: tickets.pipe(to('json') as never) }),
  }).run({ handleSignals: false })
  const [json] = await inspect(join(path, 'json'))
  const [all] = await inspect(join(path, 'parquet'))
  const [some] = await inspect(join(path, 'parquet'), { sample: 300 })
  expect(json).toMatchObject({ format: 'jsonl', rows: 3000, json: null, time: null })
  expect(all?.json).toMatchObject({ sampled: 3000, bytes: json?.bytes })
  expect(Math.abs((some?.json?.bytes ?? 0) / (json?.bytes ?? 1) - 1)).toBeLessThan(0.05)
  expect(all?.json?.ratio).toBe((json?.bytes ?? 0) / (all?.bytes ?? 1))
})

test('the view shows each result once, by its last revision, in partitions too', async () => {
  const path = await folder()
  const plain = join(path, 'by_type')
  const divided = join(path, 'by "team"')
  await pipeline({
    name: 'windows',
    source: generator({ tickets: 5_000, seed: 3 }),
    log: commitLog(join(path, 'log')),
    flows: (tickets) => {
      const results = tickets.pipe(
        assignTeam(),
        windowed(tumbling({ size: '1 minute' }), { by: ['request_type', 'assigned_team'], aggregate: { tickets: count() }, emit: 'updates' }),
      )
      return {
        plain: results.pipe(into(parquetSink(plain))),
        divided: results.pipe(into(parquetSink(divided, { partitionBy: ['request_type', yearMonthDay('window_start')] }))),
      }
    },
    range: { rows: 500 },
    maxOutOfOrderness: GENERATOR_DISORDER,
  }).run({ handleSignals: false })
  for (const dir of [plain, divided]) {
    const found = await inspect(dir)
    const sql = viewSql(found)
    expect(sql).toContain('PARTITION BY "window_start", "window_end", "request_type", "assigned_team" ORDER BY "revision" DESC')
    const name = dir === plain ? '"by_type"' : '"by ""team"""'
    expect(sql).toContain(`VIEW ${name} AS`)
    const sum = async () => (await duck(`${sql}\nSELECT sum(tickets)::INT AS tickets, count(*)::INT AS results FROM ${name}`))[0]
    const before = await sum()
    expect(before?.tickets).toBe(5000)
    await compact(dir)
    expect(await sum()).toEqual(before)
  }
})

test('versions are reported one by one, and their view is one', async () => {
  const path = await folder()
  const make = async (version: string, n: number) => {
    const made = join(path, 'made')
    await commit(parquetSink(made), [row(n)], 0)
    await mkdir(join(path, 'things'), { recursive: true })
    await rename(made, join(path, 'things', version))
  }
  await make('v1', 1)
  await make('v10', 10)
  const found = await inspect(join(path, 'things'))
  expect(found.map(({ version, rows }) => [version, rows])).toEqual([
    [1, 1],
    [10, 1],
  ])
  expect((await files(join(path, 'things'))).map((file) => file.slice(path.length, -'/part-log1-tickets-0-0-0.parquet'.length))).toEqual([
    '/things/v1',
    '/things/v10',
  ])
  await expect(compact(join(path, 'things'))).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining('things/v1 and') })
  expect(await duck(`${viewSql(found)} SELECT small FROM things ORDER BY small`)).toEqual([{ small: 1 }, { small: 10 }])
})

test('a view of what DuckDB does not read is refused', async () => {
  const dir = await folder()
  await commit(fileSink(dir, { format: 'arrow' }), [row(1)], 0)
  expect(() => viewSql([])).toThrow('no files')
  const found = await inspect(dir)
  expect(() => viewSql(found)).toThrow('DuckDB reads no arrow files')
})
