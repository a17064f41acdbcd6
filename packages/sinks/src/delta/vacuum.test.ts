import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { optimizeDelta, vacuumDelta } from '@tickets/sinks'
import { expect, test } from 'vitest'
import { addRanges, numbers, numbersIn, tableOf } from '../../test/delta-helpers.ts'
import { folder } from '../../test/helpers.ts'

const DAY = 24 * 3_600_000
/** A clock that is so many days ahead. */
const ahead = (days: number) => ({ now: () => Date.now() + days * DAY, sleep: async () => {} })
const dataFiles = async (path: string) => (await readdir(path, { recursive: true })).filter((name) => /^[^._].*\.parquet$/.test(name)).sort()

/** Puts a file there that was written so many days ago. */
async function put(path: string, name: string, days: number): Promise<void> {
  await mkdir(dirname(join(path, name)), { recursive: true })
  await writeFile(join(path, name), 'x')
  const at = (Date.now() - days * DAY) / 1000
  await utimes(join(path, name), at, at)
}

test('files of older versions go when the retention of the table is over, and not before', async () => {
  const path = await tableOf(3, { partitionBy: ['yes'] })
  await optimizeDelta(path)
  const before = await dataFiles(path)
  expect(await vacuumDelta(path, { clock: ahead(6) })).toEqual({ removed: [], bytes: 0, waiting: 0 })
  const dry = await vacuumDelta(path, { clock: ahead(8), dryRun: true })
  expect([dry.removed.length, await dataFiles(path)]).toEqual([6, before])
  expect(await vacuumDelta(path, { clock: ahead(8) })).toEqual(dry)
  expect((await dataFiles(path)).every((name) => name.includes('compacted-'))).toBe(true)
  expect((await numbersIn(path))?.sort((a, b) => a - b)).toEqual(numbers(0, 30))
  expect(dry.bytes).toBeGreaterThan(0)
})

test('what no version has goes as soon as it is old, and hidden files and the log never', async () => {
  const path = await tableOf(1)
  const names = ['compacted-old.parquet', 'yes=true/left.parquet', '_other/x.parquet', '.hidden/x.parquet', 'compacted-new.parquet']
  for (const name of names) await put(path, name, name.includes('new') ? 1 : 9)
  const { removed } = await vacuumDelta(path)
  expect(removed).toEqual(['compacted-old.parquet', 'yes=true/left.parquet'])
  expect(await readdir(path, { recursive: true })).toEqual(expect.arrayContaining(['compacted-new.parquet', '_other/x.parquet', '.hidden/x.parquet']))
})

test('temporary files that killed processes left beside the files of a partition go as soon as they are old', async () => {
  const path = await tableOf(1, { partitionBy: ['yes'] })
  const uuid = 'b6f2c1de-0000-4000-8000-000000000000'
  const left = [`.commit-rewritten-1.parquet-${uuid}.tmp`, `yes=true/.commit-compacted-2.parquet-${uuid}.tmp`]
  for (const name of left) await put(path, name, 9)
  const others = ['yes=true/.commit-mine.tmp', 'yes=true/.other.tmp', `_delta_log/.commit-x-${uuid}.tmp`]
  for (const name of others) await put(path, name, 9)
  await put(path, `yes=true/.commit-young.parquet-${uuid}.tmp`, 1)
  expect(await vacuumDelta(path)).toEqual({ removed: left, bytes: 2, waiting: 0 })
  const there = await readdir(path, { recursive: true })
  expect(there).toEqual(expect.arrayContaining([...others, `yes=true/.commit-young.parquet-${uuid}.tmp`]))
  expect(left.filter((name) => there.includes(name))).toEqual([])
})

test('files of a range that is recorded and not yet in the table stay, whatever their age, until its log has lost the table', async () => {
  const path = await tableOf(2)
  await put(path, 'part-log1-tickets-0-2-0.parquet', 99)
  await put(path, 'part-log1-tickets-0-1-7.parquet', 99)
  expect(await vacuumDelta(path)).toMatchObject({ removed: ['part-log1-tickets-0-1-7.parquet'], waiting: 1 })
  await writeFile(join(path, '.staging/owner.tickets'), JSON.stringify({ log: 'log2', before: ['log1'] }))
  expect(await vacuumDelta(path)).toMatchObject({ removed: ['part-log1-tickets-0-2-0.parquet'], waiting: 0 })
  expect((await numbersIn(path))?.sort((a, b) => a - b)).toEqual(numbers(0, 20))
})

test('a pipeline continues after a vacuum', async () => {
  const path = await tableOf(2)
  await optimizeDelta(path)
  await vacuumDelta(path, { clock: ahead(8) })
  await addRanges(path, 1, 3)
  expect((await numbersIn(path))?.sort((a, b) => a - b)).toEqual(numbers(0, 30))
})

test('a shorter retention than the table says is refused, and so is a folder without a table', async () => {
  const path = await tableOf(1)
  await expect(vacuumDelta(path, { retain: '6 days' })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringContaining('604800000'),
  })
  expect(await vacuumDelta(path, { retain: '30 days', clock: ahead(8) })).toMatchObject({ removed: [] })
  await expect(vacuumDelta(await folder())).rejects.toMatchObject({ code: 'TARGET_UNUSABLE' })
})
