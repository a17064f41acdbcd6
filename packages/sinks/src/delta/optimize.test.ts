import { readdir, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { memoryStorage } from '@tickets/core/testing'
import { day, deltaSink, optimizeDelta } from '@tickets/sinks'
import { describe, expect, test } from 'vitest'
import { filesOfTable } from '../../../../test/files/files-of-table.ts'
import { addRanges, numbers, numbersIn, tableOf } from '../../test/delta-helpers.ts'
import { commit, type Every, folder } from '../../test/helpers.ts'
import { copyOf, dying, failingOnce, layer } from '../../test/lake-helpers.ts'
import { row } from '../../test/table-cases.ts'
import { type Action, parseCommit } from './actions.ts'

const log = async (path: string) => (await readdir(join(path, '_delta_log'))).filter((name) => name.endsWith('.json')).sort()
const lastCommit = async (path: string): Promise<Action[]> =>
  parseCommit(await readFile(join(path, '_delta_log', (await log(path)).at(-1) ?? ''), 'utf8'), path)
const sorted = async (path: string) => ((await numbersIn(path)) ?? []).sort((a, b) => a - b)

test('small files of a partition become one in a commit that changes no row, and a second run finds nothing to do', async () => {
  const path = await tableOf(4, { partitionBy: ['yes', day('at')] })
  expect(filesOfTable(path)).toHaveLength(8)
  expect(await optimizeDelta(path)).toMatchObject({ merged: 8, written: 2, rows: 40, left: 0 })
  expect(filesOfTable(path)).toHaveLength(2)
  expect(await sorted(path)).toEqual(numbers(0, 40))
  const actions = await lastCommit(path)
  expect(actions.flatMap(({ remove }) => (remove ? [remove.dataChange] : []))).toEqual([false, false, false, false])
  const [added] = actions.flatMap(({ add }) => (add ? [add] : []))
  expect(added).toMatchObject({ dataChange: false, partitionValues: { at_date: '2026-03-29' } })
  expect(JSON.parse(added?.stats ?? '')).toMatchObject({ numRecords: 20 })
  expect(await optimizeDelta(path)).toMatchObject({ merged: 0, written: 0 })
  await addRanges(path, 4, 5, { partitionBy: ['yes', day('at')] })
  expect(await sorted(path)).toEqual(numbers(0, 50))
})

test('6.6 a range whose files were merged is not added again', async () => {
  const path = await tableOf(3)
  await optimizeDelta(path)
  await addRanges(path, 2, 3)
  expect(await sorted(path)).toEqual(numbers(0, 30))
})

test('files are put together up to a size, and stay what they are beyond it', async () => {
  const path = await tableOf(6)
  const { size } = (await lastCommit(path)).flatMap(({ add }) => add ?? [])[0] ?? { size: 0 }
  expect(await optimizeDelta(path, { targetFileSize: Math.ceil(size * 2.5) })).toMatchObject({ merged: 6, written: 3 })
  expect(await sorted(path)).toEqual(numbers(0, 60))
  expect(await optimizeDelta(path, { targetFileSize: 10 })).toMatchObject({ merged: 0 })
})

test('works on any storage', async () => {
  const storage = memoryStorage().below('tickets')
  const sink = deltaSink<Every>(storage, { encodeWorkers: 0 })
  await sink.begin?.({ id: 'log1', takesOver: false, remove: [] })
  for (const n of [0, 1, 2]) await commit(sink, [row(n)], n)
  expect(await optimizeDelta(storage)).toMatchObject({ merged: 3, written: 1, rows: 3 })
  expect(await storage.names('_delta_log')).toHaveLength(4)
})

describe('another change of the same files', () => {
  test('that comes first wins, and the merged file is removed again', async () => {
    const path = await tableOf(3)
    let isFirst = true
    const files = layer(async (call, act, [at]) => {
      // The merged file is written and its commit is not.
      if (call === 'link' && isFirst && String(at).includes('.commit-compacted')) {
        isFirst = false
        await optimizeDelta(path)
      }
      return act()
    })
    expect(await optimizeDelta(path, { files })).toMatchObject({ merged: 0, written: 0 })
    expect(await sorted(path)).toEqual(numbers(0, 30))
    expect((await readdir(path)).filter((name) => name.startsWith('compacted-'))).toHaveLength(1)
  })

  test('that is none of its own business is read, and the merge committed behind it', async () => {
    const path = await tableOf(3)
    let isFirst = true
    const files = layer(async (call, act, [, to]) => {
      if (call === 'link' && isFirst && String(to).includes('_delta_log')) {
        isFirst = false
        await addRanges(path, 3, 4)
      }
      return act()
    })
    expect(await optimizeDelta(path, { files })).toMatchObject({ merged: 3, written: 1 })
    expect(await sorted(path)).toEqual(numbers(0, 40))
  })
})

test('one passing EIO at any call is reported or without consequence, and death leaves the rows as they are', async () => {
  const path = await tableOf(3, { partitionBy: ['yes'] })
  const probe = failingOnce(-1)
  await optimizeDelta(await copyOf(path), { files: probe })
  expect(probe.calls.length).toBeGreaterThan(20)
  for (let call = 1; call <= probe.calls.length; call++) {
    for (const files of [failingOnce(call), failingOnce(call, true), dying(call, 'before'), dying(call, 'after'), dying(call, 'torn')]) {
      const copy = await copyOf(path)
      await optimizeDelta(copy, { files }).catch(() => {})
      expect(await sorted(copy), `call ${call}`).toEqual(numbers(0, 30))
      await optimizeDelta(copy)
      expect([await sorted(copy), filesOfTable(copy).length], `call ${call}`).toEqual([numbers(0, 30), 2])
    }
  }
})

test('a merged file whose temporary file was swept before it had its name is in no commit', async () => {
  const path = await tableOf(3)
  const files = layer(async (call, link, [from, to]) => {
    if (call === 'link' && /compacted-[^/]*$/.test(String(to))) await unlink(String(from))
    return link()
  })
  await expect(optimizeDelta(path, { files })).rejects.toMatchObject({ code: 'SINK_FAILED', retryable: true })
  expect([await sorted(path), (await log(path)).length]).toEqual([numbers(0, 30), 3])
})

test('a sink optimizes its table at intervals', async () => {
  const path = await tableOf(3)
  const over = new AbortController()
  const said: string[] = []
  const say = () => {}
  const logger = { debug: say, warn: say, error: say, info: (message: string) => void said.push(message) }
  const clock = { now: () => Date.now(), sleep: async () => (said.length > 0 ? over.abort() : undefined) }
  await deltaSink(path, { compact: { every: '1 minute' } }).maintain?.({ clock, logger, signal: over.signal } as never)
  expect(said[0]).toMatch(/3 files became 1$/)
  expect(await sorted(path)).toEqual(numbers(0, 30))
})

test('refuses what it cannot do', async () => {
  await expect(optimizeDelta(await folder())).rejects.toMatchObject({ code: 'TARGET_UNUSABLE', message: expect.stringContaining('no Delta table') })
  await expect(optimizeDelta('data', { targetFileSize: 0 })).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  expect(await optimizeDelta(await tableOf(2), { signal: AbortSignal.abort() })).toMatchObject({ merged: 0 })
})
