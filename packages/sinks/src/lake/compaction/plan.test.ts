import { utimes } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Batch, defineSchema, instant } from '@tickets/core'
import { parquetSink } from '@tickets/sinks'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { folder, range } from '../../../test/helpers.ts'
import { publishRows, quick, taskNamed } from '../../../test/lake-helpers.ts'
import { storageAt } from '../../disk/disk-storage.ts'
import { lookAt } from '../dataset/view.ts'
import { type PlanOptions, plan } from './plan.ts'

const ALL: PlanOptions = { targetFileSize: Number.MAX_SAFE_INTEGER, before: Number.POSITIVE_INFINITY, gently: false }

/** One task with ranges of so many rows, all of the same size; and a newest range. */
async function rangesOf(...rows: number[]): Promise<{ dir: string; rowBytes: number }> {
  const dir = await folder()
  for (const [n, count] of [...rows, 1].entries()) await publishRows(dir, taskNamed('tickets-0'), n, Array(count).fill(7), { files: quick })
  const newest = await quick.stat(join(dir, `part-log1-tickets-0-${rows.length}-0.jsonl`))
  return { dir, rowBytes: newest?.size ?? 0 }
}

const planned = async (dir: string, options: Partial<PlanOptions> = {}) =>
  plan(storageAt(dir, quick), await lookAt(storageAt(dir, quick)), { ...ALL, ...options })
/** The ranges that become one file each. */
const merges = async (dir: string, options: Partial<PlanOptions> = {}) => (await planned(dir, options)).map(({ parts }) => parts.map(({ n }) => n))

test('all but the newest range of a task become one file, which says what it will hold', async () => {
  const { dir, rowBytes } = await rangesOf(1, 2, 3)
  const [group, ...others] = await planned(dir)
  expect(others).toEqual([])
  expect(group).toMatchObject({ log: 'log1', folder: '', extension: 'jsonl', left: 6, superseded: 0, bytes: 6 * rowBytes, keep: null })
  expect(group?.parts.map(({ path }) => basename(path))).toEqual([0, 1, 2].map((n) => `part-log1-tickets-0-${n}-0.jsonl`))
})

test('files are put together as long as the target size is not exceeded', async () => {
  const { dir, rowBytes } = await rangesOf(1, 1, 1, 1, 1)
  expect(await merges(dir, { targetFileSize: 5 * rowBytes })).toEqual([[0, 1, 2, 3, 4]])
  expect(await merges(dir, { targetFileSize: 3 * rowBytes })).toEqual([
    [0, 1, 2],
    [3, 4],
  ])
  // One that would be alone in its file is not written again.
  expect(await merges(dir, { targetFileSize: 2 * rowBytes })).toEqual([
    [0, 1],
    [2, 3],
  ])
})

test('a file of three quarters of the target size is large enough', async () => {
  const { dir, rowBytes } = await rangesOf(3, 2, 2)
  expect(await merges(dir, { targetFileSize: 4 * rowBytes })).toEqual([[1, 2]])
  expect(await merges(dir, { targetFileSize: 7 * rowBytes })).toEqual([[0, 1, 2]])
})

test('one file is left as it is', async () => {
  const { dir } = await rangesOf(4)
  expect(await merges(dir)).toEqual([])
  expect(await merges(dir, { gently: true })).toEqual([])
})

test.each([
  ['as large as the others together is merged with them', [4, 2, 1, 1], [[0, 1, 2, 3]]],
  ['larger than the others together is left alone', [5, 2, 1, 1], [[1, 2, 3]]],
  ['larger than all that are smaller is left alone, one after the other', [40, 1, 10, 1], [[1, 3]]],
  ['beside a single smaller one is left alone', [5, 1], []],
])('gently: a file %s', async (_, rows, expected) => {
  expect(await merges((await rangesOf(...rows)).dir, { gently: true })).toEqual(expected)
})

test('files that were written at the instant or later are left alone', async () => {
  const { dir } = await rangesOf(1, 1, 1)
  for (const n of [0, 1, 2]) await utimes(join(dir, `part-log1-tickets-0-${n}-0.jsonl`), 1000 + n, 1000 + n)
  expect(await merges(dir, { before: 1_002_000 })).toEqual([[0, 1]])
  expect(await merges(dir, { before: 1_001_000 })).toEqual([])
})

const Result = Object.assign(defineSchema(z.object({ at: instant(), key: z.string(), revision: z.int32() }), { name: 'result', time: 'at' }), {
  keys: ['key', 'revision'],
})

/** Ranges of `[key, revision]`, the last one the newest. */
async function results(...ranges: (readonly [string, number])[][]): Promise<string> {
  const dir = await folder()
  for (const [n, rows] of ranges.entries()) {
    const writer = await parquetSink<z.output<typeof Result.zod>>(dir, { files: quick }).open(taskNamed('merge'), Result)
    await writer.write(
      Batch.of(
        Result,
        rows.map(([key, revision]) => ({ at: new Date(0), key, revision })),
      ),
    )
    await writer.publish((await writer.stage(n, 'a', range(n, n + 1))) as never)
  }
  return dir
}

test('7.2 one file alone is written again without what a higher revision has replaced, also by the newest', async () => {
  const [group] = await planned(
    await results(
      [
        ['a', 0],
        ['b', 0],
      ],
      [['a', 1]],
    ),
  )
  expect(group).toMatchObject({ left: 1, superseded: 1 })
  expect(group?.keep).not.toBeNull()
  expect(await planned(await results([['b', 0]], [['a', 1]]))).toEqual([])
})

test('7.2 large files are written again for what a higher revision has replaced, and only those', async () => {
  const dir = await results(
    [
      ['a', 0],
      ['x', 0],
    ],
    [['c', 0]],
    [
      ['b', 0],
      ['y', 0],
    ],
    [['b', 1]],
    [['a', 1]],
  )
  // All are large enough.
  const groups = await planned(dir, { targetFileSize: 1 })
  expect(groups.map(({ parts, left, superseded }) => [parts.map(({ n }) => n), left, superseded])).toEqual([
    [[0], 1, 1],
    [[2], 1, 1],
  ])
})
