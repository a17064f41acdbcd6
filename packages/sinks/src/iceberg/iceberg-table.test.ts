import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defineSchema, instant, type Schema, TicketsError } from '@tickets/core'
import { systemClock } from '@tickets/core/internal'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { Every } from '../../test/helpers.ts'
import { entriesIn, filesOfSnapshot, manifestsIn, metadataOf } from '../../test/iceberg-files.ts'
import { add, isOurs, namesIn, Rows, rangeOf, tableIn, task } from '../../test/iceberg-table.ts'
import { quick, taskNamed } from '../../test/lake-helpers.ts'
import { storageAt } from '../disk/disk-storage.ts'
import type { PartitionBy } from '../partition/partition-by.ts'
import type { Update } from './catalog/catalog.ts'
import { fileCatalog } from './catalog/file-catalog.ts'
import { IcebergTable } from './iceberg-table.ts'

test('the table is made when it is opened; each range is a snapshot that says how far the flow of its task has come', async () => {
  const { path, table } = await tableIn(['yes'])
  const range = await rangeOf(table, 0, ['yes=true/part-0.parquet', 'yes=__HIVE_DEFAULT_PARTITION__/part-1.parquet'])
  expect(await metadataOf(path)).toMatchObject({ 'format-version': 2, location: `file://${path}`, 'current-snapshot-id': null })
  await table.commit(task, Rows, range, isOurs)
  await table.commit(task, Rows, await rangeOf(table, 1, ['yes=false/part-2.parquet']), isOurs)
  const metadata = await metadataOf(path)
  expect(metadata?.properties).toEqual({ 'tickets.log1.tickets-0.all': '1' })
  expect(metadata?.snapshots?.map(({ summary }) => summary['total-records'])).toEqual(['2', '3'])
  expect(await namesIn(path)).toEqual(['yes=__HIVE_DEFAULT_PARTITION__/part-1.parquet', 'yes=false/part-2.parquet', 'yes=true/part-0.parquet'])
})

test('6.7 a range is added once, whoever repeats it, and a file without rows not at all', async () => {
  const { path, table, other, process } = await tableIn()
  for (const one of [table, other, process()]) {
    await add(one, 0)
    const range = await rangeOf(one, 1, [])
    expect([
      await one.holds(task, { ...range, staging: 'x/0-a' }),
      await one.holds(task, range),
      await one.holds(taskNamed('tickets-1'), { ...range, staging: 'x/0-a' }),
    ]).toEqual([true, false, false])
  }
  const range = await rangeOf(other, 1, ['part-1.parquet'])
  await other.commit(task, Rows, { ...range, files: range.files.map((file) => ({ ...file, rows: 0 })) }, isOurs)
  expect(await namesIn(path)).toEqual(['part-0.parquet'])
  expect((await metadataOf(path))?.snapshots).toHaveLength(2)
  expect([...(await table.reached({ id: 'log1', flow: 'all', tasks: ['tickets-0', 'tickets-7'] }))]).toEqual([['tickets-0', 1]])
})

test('6.7 a range is added once also after the snapshot that added it has expired', async () => {
  const { path, table, process } = await tableIn()
  await add(table, 0)
  await add(table, 1)
  // Only what readers see now is left, as expiring leaves it, and what the first snapshot's summary said is gone.
  const metadata = await metadataOf(path)
  expect(metadata?.snapshots?.[1]?.summary).not.toHaveProperty('tickets.log1.tickets-0.all')
  await add(process(), 0)
  await add(process(), 1)
  expect(await namesIn(path)).toEqual(['part-0.parquet', 'part-1.parquet'])
})

test('6.7 a range that a killed process had committed is shown to readers by the one that finds it', async () => {
  const { path, table, process } = await tableIn()
  await add(table, 0)
  const range = await rangeOf(table, 0, ['part-0.parquet'])
  await writeFile(join(path, 'metadata/version-hint.text'), '1')
  expect(await process().holds(task, range)).toBe(true)
  expect(await readFile(join(path, 'metadata/version-hint.text'), 'utf8')).toBe('2')
})

test('ranges of several processes at once are each a snapshot of their own', async () => {
  const { path, table, other } = await tableIn()
  const tasks = Array.from({ length: 12 }, (_, i) => taskNamed(`tickets-${i}`))
  const commits = tasks.map(async (one, i) => {
    const by = i % 2 ? table : other
    await by.commit(one, Rows, await rangeOf(by, 0, [`part-${i}.parquet`]), isOurs)
  })
  await Promise.all(commits)
  expect(await namesIn(path)).toEqual(tasks.map((_, i) => `part-${i}.parquet`).sort())
  const metadata = await metadataOf(path)
  expect(metadata?.snapshots).toHaveLength(12)
  // What was written for commits that came too late is gone.
  const names = await readdir(join(path, 'metadata'))
  expect([names.filter((name) => name.startsWith('snap-')).length, names.filter((name) => name.endsWith('m0.avro')).length]).toEqual([12, 12])
})

test('6.7 a log that loses the folder between reading the table and its commit adds nothing after the new owner began', async () => {
  const { path, table, other } = await tableIn()
  await add(table, 0)
  let isTaken = false
  const takenMeanwhile = async () => {
    if (isTaken) throw new TicketsError('TARGET_OWNED', 'taken over')
    // The new owner takes the folder just after this look at it.
    isTaken = true
    await other.begin({ id: 'log2', replaces: true })
  }
  await expect(add(table, 1, task, takenMeanwhile)).rejects.toMatchObject({ code: 'TARGET_OWNED' })
  expect(await namesIn(path)).toEqual([])
})

test('6.7 a log replaces what stood there once, however often it begins, and older snapshots stay', async () => {
  const { path, table, other } = await tableIn()
  await other.begin({ id: 'log2', replaces: true })
  expect(await metadataOf(path)).toBeNull()
  await add(table, 0)
  const before = (await metadataOf(path))?.snapshots?.[0]
  for (let i = 0; i < 2; i++) {
    await other.begin({ id: 'log2', replaces: true })
    await other.commit({ ...task, logId: 'log2' }, Rows, await rangeOf(other, i, [`new-${i}.parquet`]), isOurs)
  }
  await other.begin({ id: 'log3', replaces: false })
  expect(await namesIn(path)).toEqual(['new-0.parquet', 'new-1.parquet'])
  const metadata = await metadataOf(path)
  expect(metadata?.snapshots?.map(({ summary }) => summary.operation)).toEqual(['append', 'delete', 'append', 'append'])
  expect(metadata?.properties).toEqual({ 'tickets.log2': 'began', 'tickets.log2.tickets-0.all': '1' })
  expect(before && (await filesOfSnapshot(path, before)).length).toBe(1)
})

test('6.7 a log that replaces a table which another made meanwhile still begins without its rows', async () => {
  const { path, table, other } = await tableIn()
  await other.begin({ id: 'log2', replaces: true })
  await add(table, 0)
  await other.commit({ ...task, logId: 'log2' }, Rows, await rangeOf(other, 0, ['new.parquet']), isOurs)
  expect(await namesIn(path)).toEqual(['new.parquet'])
})

test('a commit merges the manifests of those before it once there are a hundred, and their files stay as they were added', async () => {
  const { path, table, process } = await tableIn(['yes'])
  const names = Array.from({ length: 203 }, (_, n) => `yes=${n % 2 === 0}/part-${n}.parquet`)
  const counts: number[] = []
  for (const [n, name] of names.entries()) {
    const by = n === 150 ? process() : table
    await by.commit(task, Rows, await rangeOf(by, n, [name]), isOurs)
    counts.push((await manifestsIn(path)).length)
  }
  expect(await namesIn(path)).toEqual([...names].sort())
  expect([Math.max(...counts), counts[99], counts[100], counts.at(-1)]).toEqual([100, 100, 2, 5])
  const metadata = await metadataOf(path)
  const ids = metadata?.snapshots?.map((snapshot) => snapshot['snapshot-id'])
  const entries = await entriesIn(path)
  expect(entries.map((entry) => ids?.indexOf(Number(entry.snapshot_id))).sort((a = 0, b = 0) => a - b)).toEqual(names.map((_, i) => i))
  expect(entries.filter(({ status }) => status === 0).every((entry) => ids?.[Number(entry.sequence_number) - 1] === entry.snapshot_id)).toBe(true)
  // A log that replaces the table takes the merged ones too.
  await table.begin({ id: 'log2', replaces: true })
  expect(await namesIn(path)).toEqual([])
})

test('what a commit that came too late has merged is gone, and its next try leaves the merging to others', async () => {
  const { path, table, other, catalog } = await tableIn()
  await add(table, 0)
  await catalog.load()
  await catalog.commit({ requirements: [], updates: [{ action: 'set-properties', updates: { 'commit.manifest.min-count-to-merge': '2' } }] })
  for (const n of [1, 2]) await add(table, n)
  const second = taskNamed('tickets-1')
  let isFirst = true
  await add(other, 3, second, async () => {
    if (isFirst) await add(table, 3)
    isFirst = false
  })
  expect(await namesIn(path)).toHaveLength(5)
  const written = (await readdir(join(path, 'metadata'))).filter((name) => /-m\d+\.avro$/.test(name))
  // Those of five ranges, and what the third and the fourth have merged.
  expect([written.length, (await manifestsIn(path)).length]).toEqual([7, 3])
})

const More = defineSchema(Every.zod instanceof z.ZodObject ? Every.zod.extend({ more: z.string().optional() }) : z.object({ at: instant() }), {
  name: 'every',
  version: 4,
  time: 'at',
}) as Schema<unknown>

test('columns that rows have and the table lacks are added when it is opened, and again where another was first', async () => {
  const { path, table, other } = await tableIn()
  await add(table, 0)
  await Promise.all([table.open(More), other.open(More)])
  const metadata = await metadataOf(path)
  expect(metadata?.schemas).toHaveLength(2)
  expect(metadata?.schemas[1]?.fields.at(-1)).toMatchObject({ id: 13, name: 'more', required: false })
  expect(metadata?.['current-schema-id']).toBe(1)
  await add(other, 1)
  expect(await namesIn(path)).toEqual(['part-0.parquet', 'part-1.parquet'])
})

test('others may add, rename and widen columns while a pipeline runs; what it cannot follow is a conflict that keeps the range', async () => {
  const { path, table, catalog } = await tableIn()
  await add(table, 0)
  const change = async (...updates: Update[]) => {
    await catalog.load()
    expect(await catalog.commit({ requirements: [], updates })).toBe(true)
  }
  const schema = (await metadataOf(path))?.schemas[0]
  if (!schema) expect.fail('the table has a schema')
  const now = (fields: typeof schema.fields) =>
    change({ action: 'add-schema', schema: { ...schema, fields }, 'last-column-id': 20 }, { action: 'set-current-schema', 'schema-id': -1 })
  const range = await rangeOf(table, 1, ['part-1.parquet'])
  await now([
    ...schema.fields.map((field) => (field.name === 'small' ? { ...field, name: 'tiny', type: 'long' } : field)),
    { id: 20, name: 'new', required: false, type: 'int' },
  ])
  await table.commit(task, Rows, range, isOurs)
  expect(await namesIn(path)).toEqual(['part-0.parquet', 'part-1.parquet'])

  const next = { ...range, staging: '.staging/log1/all/tickets-0/2-first' }
  await now(schema.fields.filter(({ name }) => name !== 'real'))
  await expect(table.commit(task, Rows, next, isOurs)).rejects.toMatchObject({
    code: 'ICEBERG_CONFLICT',
    retryable: false,
    message: expect.stringMatching(/column of id 4 was dropped.*the range is recorded.*Undo that change and run again/s),
  })
  await change({ action: 'set-current-schema', 'schema-id': 0 })
  await table.commit(task, Rows, next, isOurs)
  expect((await metadataOf(path))?.snapshots).toHaveLength(3)
})

test('a table that is gone, another of its name, and one of a later format are conflicts', async () => {
  const { table, path } = await tableIn()
  const range = await rangeOf(table, 0, ['part-0.parquet'])
  const strange = {
    ...range,
    files: range.files.map((file) => ({ ...file, stats: file.stats?.replace(/"table":"[^"]*"/, '"table":"another"') ?? '' })),
  }
  await expect(table.commit(task, Rows, strange, isOurs)).rejects.toMatchObject({
    code: 'ICEBERG_CONFLICT',
    message: expect.stringMatching(/another table has its name/),
  })
  const later = await tableIn([], quick, (catalog) => ({
    name: 'lake.t',
    load: async () => null,
    create: (made) => catalog.create(made),
    commit: (change) => catalog.commit(change),
    cleanUp: async () => {},
  }))
  await expect(later.table.commit(task, Rows, range, isOurs)).rejects.toMatchObject({
    code: 'ICEBERG_CONFLICT',
    message: expect.stringMatching(/lake\.t .*gone/),
  })
  expect(await namesIn(path)).toBeUndefined()
})

test('a start finds out that a table does not fit', async () => {
  const { table, path, catalog } = await tableIn(['yes'])
  await table.check(Rows)
  await table.open(Rows)
  await table.check(Rows)
  const storage = storageAt(path, quick)
  const by = (partitionBy: PartitionBy) =>
    new IcebergTable({ catalog: fileCatalog().table(undefined, storage, ''), storage, partitionBy, clock: systemClock })
  await expect(by([]).check(Rows)).rejects.toMatchObject({
    code: 'SCHEMA_MISMATCH',
    message: expect.stringMatching(/by yes, and partitionBy gives nothing/),
  })
  const Other = defineSchema(z.object({ at: instant(), yes: z.string() }), { name: 'other', time: 'at' }) as Schema<unknown>
  await expect(by(['yes']).check(Other)).rejects.toMatchObject({ code: 'SCHEMA_MISMATCH', message: expect.stringMatching(/"yes" is boolean/) })
  await catalog.load()
  await catalog.commit({ requirements: [], updates: [{ action: 'set-properties', updates: { 'write.wap.enabled': 'true' } }] })
  await expect(by(['yes']).check(Rows)).rejects.toMatchObject({ code: 'TARGET_UNUSABLE', message: expect.stringMatching(/write\.wap\.enabled/) })
})
