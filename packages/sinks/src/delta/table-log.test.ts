import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '@tickets/core/internal'
import { expect, test } from 'vitest'
import { folder } from '../../test/helpers.ts'
import { quick } from '../../test/lake-helpers.ts'
import { storageAt } from '../disk/disk-storage.ts'
import type { Action, Add } from './actions.ts'
import { TableLog } from './table-log.ts'

const beginning: Action[] = [
  { protocol: { minReaderVersion: 1, minWriterVersion: 2 } },
  { metaData: { id: 'x', format: { provider: 'parquet' }, schemaString: '{}', partitionColumns: [] } },
]
const add = (path: string): Action => ({ add: { path, partitionValues: {}, size: 1, modificationTime: 0, dataChange: true } satisfies Add })
const clock = (): Clock & { time: number } => ({
  time: 0,
  now() {
    return this.time
  },
  sleep: async () => {},
})
const name = (version: number, suffix = 'json') => `${String(version).padStart(20, '0')}.${suffix}`
const filesOf = async (log: TableLog) => [...(await log.refresh()).files.keys()]

/** A table of so many commits after the first, with a checkpoint where one is due. */
async function tableOf(commits: number) {
  const path = await folder()
  const log = new TableLog(storageAt(path, quick), clock())
  await log.refresh()
  await log.create(beginning)
  for (let i = 1; i <= commits; i++) {
    await log.create([add(`f${i}`)])
    await log.checkpoint()
  }
  return { path, log, within: join(path, '_delta_log') }
}

test('of two that create a commit, one does, and the other reads it first', async () => {
  const path = await folder()
  const [one, two] = [new TableLog(storageAt(path, quick), clock()), new TableLog(storageAt(path, quick), clock())]
  expect([(await one.refresh()).version, (await two.refresh()).version]).toEqual([-1, -1])
  expect([await one.create([...beginning, add('a')]), await two.create([...beginning, add('b')])]).toEqual([true, false])
  expect(await filesOf(two)).toEqual(['a'])
  expect([await two.create([add('c')]), await one.create([add('d')])]).toEqual([true, false])
  expect(await filesOf(one)).toEqual(['a', 'c'])
  expect((await readdir(join(path, '_delta_log'))).sort()).toEqual([name(0), name(1)])
})

test('a checkpoint stands after each ten commits, and serves whoever finds the commits before it gone', async () => {
  const { path, within } = await tableOf(23)
  expect((await readdir(within)).filter((one) => one.includes('checkpoint')).sort()).toEqual([
    name(10, 'checkpoint.parquet'),
    name(20, 'checkpoint.parquet'),
    '_last_checkpoint',
  ])
  expect(JSON.parse(await readFile(join(within, '_last_checkpoint'), 'utf8'))).toEqual({ version: 20, size: 22 })
  for (let version = 0; version <= 20; version++) await rm(join(within, name(version)))
  const all = Array.from({ length: 23 }, (_, i) => `f${i + 1}`)
  expect(await filesOf(new TableLog(storageAt(path, quick), clock()))).toEqual(all)
})

test('a log that was not looked at for long finds out that commits were removed meanwhile', async () => {
  const path = await folder()
  const time = clock()
  const slow = new TableLog(storageAt(path, quick), time)
  await slow.refresh()
  await slow.create(beginning)
  const other = new TableLog(storageAt(path, quick), clock())
  for (let i = 1; i <= 12; i++) {
    await other.refresh()
    await other.create([add(`f${i}`)])
    await other.checkpoint()
  }
  for (let version = 0; version <= 10; version++) await rm(join(path, '_delta_log', name(version)))
  time.time = 3_600_000
  expect((await slow.refresh()).version).toBe(12)
  expect(await filesOf(slow)).toHaveLength(12)
})

test('a checkpoint in parts is read when all of them are there', async () => {
  const { path, within } = await tableOf(10)
  const whole = await readFile(join(within, name(10, 'checkpoint.parquet')))
  const part = (of: number, i: number) => join(within, name(10, `checkpoint.${String(i).padStart(10, '0')}.${String(of).padStart(10, '0')}.parquet`))
  await rm(join(within, name(10, 'checkpoint.parquet')))
  await writeFile(part(2, 1), whole)
  expect(await filesOf(new TableLog(storageAt(path, quick), clock()))).toHaveLength(10)
  for (let version = 0; version <= 10; version++) await rm(join(within, name(version)))
  await writeFile(join(within, name(11)), '')
  await expect(new TableLog(storageAt(path, quick), clock()).refresh()).rejects.toMatchObject({ code: 'TARGET_UNUSABLE' })
  await writeFile(part(2, 2), whole)
  const state = await new TableLog(storageAt(path, quick), clock()).refresh()
  expect([state.version, state.files.size]).toEqual([11, 10])
})

test('what killed processes have left is removed once it is old, and nothing else', async () => {
  const { log, within } = await tableOf(1)
  const old = new Date(Date.now() - 3_600_000)
  for (const left of ['.commit-old.tmp', '.commit-new.tmp', '_last_checkpoint']) await writeFile(join(within, left), '')
  for (const left of ['.commit-old.tmp', '_last_checkpoint', name(0)]) await utimes(join(within, left), old, old)
  await log.cleanUp()
  expect((await readdir(within)).sort()).toEqual(['.commit-new.tmp', name(0), name(1), '_last_checkpoint'])
})

test('a log with a gap is refused', async () => {
  const { path, within } = await tableOf(4)
  await rm(join(within, name(2)))
  await expect(new TableLog(storageAt(path, quick), clock()).refresh()).rejects.toMatchObject({
    code: 'TARGET_UNUSABLE',
    message: expect.stringMatching(/has commit 3 and not the one before, nor a checkpoint of it/),
  })
})

test('the table says how often checkpoints are written, and how long what was removed stays in them', async () => {
  const path = await folder()
  const time = clock()
  const log = new TableLog(storageAt(path, quick), time)
  await log.refresh()
  const configuration = { 'delta.checkpointInterval': '2', 'delta.deletedFileRetentionDuration': 'interval 2 hours' }
  await log.create([
    { metaData: { ...(beginning[1]?.metaData as NonNullable<Action['metaData']>), configuration } },
    beginning[0] as Action,
    add('a'),
  ])
  await log.create([{ remove: { path: 'a', deletionTimestamp: 3_600_000, dataChange: true } }])
  for (const [hours, left] of [
    [2, 1],
    [4, 0],
  ] as const) {
    time.time = hours * 3_600_000
    await log.create([add(`b${hours}`)])
    await log.checkpoint()
    const { version } = await log.refresh()
    if (version % 2 === 1) await log.create([])
    await log.checkpoint()
    const fresh = await new TableLog(storageAt(path, quick), clock()).refresh()
    expect([...fresh.removed.keys()].length, String(hours)).toBe(left)
  }
})
