import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TicketsError } from '@tickets/core'
import { systemClock } from '@tickets/core/internal'
import { expect, test } from 'vitest'
import { Every, folder } from '../../test/helpers.ts'
import { failing, quick, taskNamed } from '../../test/lake-helpers.ts'
import { storageAt } from '../disk/disk-storage.ts'
import type { PartitionBy } from '../partition/partition-by.ts'
import { type Action, commitText, type MetaData, parseCommit } from './actions.ts'
import { DeltaTable } from './delta-table.ts'

const Rows = Every as never
const task = taskNamed('tickets-0')
const range = (n: number, ...names: string[]) => ({
  staging: `.staging/log1/all/tickets-0/${n}-first`,
  files: names.map((name) => ({ name, rows: 1, bytes: 10, stats: '{"numRecords":1}' })),
})
const isOurs = async () => {}
const at = (path: string, version: number) => join(path, '_delta_log', `${String(version).padStart(20, '0')}.json`)
const commitOf = async (path: string, version: number) => parseCommit(await readFile(at(path, version), 'utf8'), path)
const addsOf = (actions: readonly Action[]) => actions.flatMap(({ add }) => (add ? [add.path] : []))

async function tableIn(partitionBy: PartitionBy = [], files = quick) {
  const path = await folder()
  return {
    path,
    table: new DeltaTable(storageAt(path, files), partitionBy, systemClock),
    other: new DeltaTable(storageAt(path, files), partitionBy, systemClock),
  }
}

test('the first range makes the table; each says how far the flow of its task has come', async () => {
  const { path, table } = await tableIn(['yes'])
  await table.commit(task, Rows, range(0, 'yes=true/part-0.parquet', 'yes=false/part-1.parquet'), isOurs)
  await table.commit(task, Rows, range(1, 'yes=__HIVE_DEFAULT_PARTITION__/part-2.parquet'), isOurs)
  const [first, second] = [await commitOf(path, 0), await commitOf(path, 1)]
  expect(first.map((action) => Object.keys(action)[0])).toEqual(['commitInfo', 'protocol', 'metaData', 'txn', 'add', 'add'])
  expect(first[2]?.metaData).toMatchObject({ partitionColumns: ['yes'], format: { provider: 'parquet' } })
  expect(second[1]).toMatchObject({ txn: { appId: 'log1/tickets-0/all', version: 1 } })
  expect(second[2]?.add).toMatchObject({ path: 'yes=__HIVE_DEFAULT_PARTITION__/part-2.parquet', partitionValues: { yes: null }, size: 10 })
  expect(first.flatMap(({ add }) => (add ? [add.partitionValues] : []))).toEqual([{ yes: 'true' }, { yes: 'false' }])
})

test('6.6 a range is added once, whoever repeats it, and a file without rows not at all', async () => {
  const { path, table, other } = await tableIn()
  for (const one of [table, other, new DeltaTable(storageAt(path, quick), [], systemClock)]) {
    await one.commit(task, Rows, range(0, 'part-0.parquet'), isOurs)
    expect([await one.holds(task, range(0)), await one.holds(task, range(1)), await one.holds(taskNamed('tickets-1'), range(0))]).toEqual([
      true,
      false,
      false,
    ])
  }
  await other.commit(task, Rows, { ...range(1), files: [{ name: 'part-1.parquet', rows: 0, bytes: 10 }] }, isOurs)
  expect(addsOf([...(await commitOf(path, 0)), ...(await commitOf(path, 1))])).toEqual(['part-0.parquet'])
  await expect(commitOf(path, 2)).rejects.toMatchObject({ code: 'ENOENT' })
  expect([...(await table.reached({ id: 'log1', flow: 'all', tasks: ['tickets-0', 'tickets-7'] }))]).toEqual([['tickets-0', 1]])
})

test('ranges of several processes at once are each a commit of their own', async () => {
  const { path, table, other } = await tableIn()
  const tasks = Array.from({ length: 12 }, (_, i) => taskNamed(`tickets-${i}`))
  await Promise.all(tasks.map((one, i) => (i % 2 ? table : other).commit(one, Rows, range(0, `part-${i}.parquet`), isOurs)))
  const all = await Promise.all(tasks.map((_, version) => commitOf(path, version)))
  expect(all.flatMap(addsOf).sort()).toEqual(tasks.map((_, i) => `part-${i}.parquet`).sort())
  expect(all.filter((actions) => actions.some(({ metaData }) => metaData))).toHaveLength(1)
})

test('6.6 a log that loses the folder between reading the table and its commit adds nothing after the new owner began', async () => {
  const { path, table, other } = await tableIn()
  await table.commit(task, Rows, range(0, 'part-0.parquet'), isOurs)
  let isTaken = false
  const takenMeanwhile = async () => {
    if (isTaken) throw new TicketsError('TARGET_OWNED', 'taken over')
    // The new owner takes the folder just after this look at it.
    isTaken = true
    await other.begin({ id: 'log2', replaces: true })
  }
  await expect(table.commit(task, Rows, range(1, 'part-1.parquet'), takenMeanwhile)).rejects.toMatchObject({ code: 'TARGET_OWNED' })
  expect((await commitOf(path, 1)).flatMap(({ remove }) => (remove ? [remove.path] : []))).toEqual(['part-0.parquet'])
  await expect(commitOf(path, 2)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('6.6 a log replaces what stood there once, however often it begins', async () => {
  const { path, table, other } = await tableIn()
  await other.begin({ id: 'log2', replaces: true })
  await expect(commitOf(path, 0)).rejects.toMatchObject({ code: 'ENOENT' })
  await table.commit(task, Rows, range(0, 'part-0.parquet'), isOurs)
  for (let i = 0; i < 2; i++) {
    await other.begin({ id: 'log2', replaces: true })
    await other.commit({ ...task, logId: 'log2' }, Rows, range(i, `new-${i}.parquet`), isOurs)
  }
  await other.begin({ id: 'log3', replaces: false })
  const all = await Promise.all([1, 2, 3].map((version) => commitOf(path, version)))
  expect(all.map((actions) => actions.flatMap(({ add, remove }) => [add && `+${add.path}`, remove && `-${remove.path}`]).filter(Boolean))).toEqual([
    ['-part-0.parquet'],
    ['+new-0.parquet'],
    ['+new-1.parquet'],
  ])
})

test('others may add columns while a pipeline runs; what it cannot follow is a conflict that keeps the range', async () => {
  const { path, table } = await tableIn()
  await table.commit(task, Rows, range(0, 'part-0.parquet'), isOurs)
  const metaData = (await commitOf(path, 0)).find((action) => action.metaData)?.metaData
  if (!metaData) expect.fail('the first commit has the schema')
  const changed = async (version: number, change: (schema: string) => string) =>
    writeFile(at(path, version), commitText([{ metaData: { ...metaData, schemaString: change(metaData.schemaString) } }]))
  await changed(1, (schema) => schema.replace('"fields":[', '"fields":[{"name":"more","type":"string","nullable":true,"metadata":{}},'))
  await table.commit(task, Rows, range(1, 'part-1.parquet'), isOurs)
  expect((await commitOf(path, 2)).some((action) => action.metaData)).toBe(false)
  await changed(3, (schema) => schema.replace('"double"', '"string"'))
  await expect(table.commit(task, Rows, range(2, 'part-2.parquet'), isOurs)).rejects.toMatchObject({
    code: 'DELTA_CONFLICT',
    retryable: false,
    message: expect.stringMatching(
      /whose column "real" is "string", and the rows have "double".*the range is recorded.*Undo that change and run again/s,
    ),
  })
  await writeFile(at(path, 4), commitText([{ metaData }]))
  await table.commit(task, Rows, range(2, 'part-2.parquet'), isOurs)
  expect(addsOf(await commitOf(path, 5))).toEqual(['part-2.parquet'])
})

test('a start finds out that a table does not fit', async () => {
  const { path, table, other } = await tableIn()
  await table.check(Rows, true)
  await table.commit(task, Rows, range(0, 'part-0.parquet'), isOurs)
  await other.check(Rows, true)
  const [, protocol, meta] = await commitOf(path, 0)
  const appendOnly: Action = { metaData: { ...(meta?.metaData as MetaData), configuration: { 'delta.appendOnly': 'true' } } }
  await writeFile(at(path, 1), commitText([appendOnly]))
  await other.check(Rows, false)
  await expect(other.check(Rows, true)).rejects.toMatchObject({ code: 'TARGET_UNUSABLE', message: expect.stringMatching(/delta\.appendOnly/) })
  await writeFile(at(path, 2), commitText([{ protocol: { ...protocol?.protocol, minReaderVersion: 1, minWriterVersion: 4 } }]))
  await expect(other.check(Rows, false)).rejects.toMatchObject({ code: 'TARGET_UNUSABLE', message: expect.stringMatching(/writers of version 4/) })
  await expect(new DeltaTable(storageAt(path, quick), ['yes'], systemClock).check(Rows, false)).rejects.toMatchObject({ code: 'TARGET_UNUSABLE' })
})

test('one passing fault at any call to the file system is said, and the range is in the table once after the next try', async () => {
  const commit = (by: DeltaTable, n: number) => by.commit(task, Rows, range(n, `part-${n}.parquet`), isOurs)
  const calm = failing(0, false)
  await commit((await tableIn([], calm.files)).table, 0)
  expect(calm.made.calls).toBeGreaterThan(6)
  for (const isDone of [false, true]) {
    for (let fault = 1; fault <= calm.made.calls; fault++) {
      const { path, table } = await tableIn([], failing(fault, isDone).files)
      await expect(commit(table, 0), `call ${fault}`).rejects.toMatchObject({ code: 'SINK_FAILED' })
      await commit(table, 0)
      await commit(new DeltaTable(storageAt(path, quick), [], systemClock), 0)
      await commit(table, 1)
      expect(addsOf([...(await commitOf(path, 0)), ...(await commitOf(path, 1))]), `call ${fault}`).toEqual(['part-0.parquet', 'part-1.parquet'])
    }
  }
})
