import { describe, expect, test } from 'vitest'
import type { Json } from '../base/json.ts'
import type { PartitionInfo } from '../connectors/source.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { BACKFILLS, type Backfill, backfillsOf, backfillTask, resolveBackfill } from './backfill-record.ts'

type Log = ReturnType<typeof memoryLog>

/** What is asked for, `[start, end)` of each partition. */
const ask = (ranges: Readonly<Record<string, readonly [Json, Json]>>): PartitionInfo<Json>[] =>
  Object.entries(ranges).map(([id, [start, end]]) => ({ id, topic: 't', earliest: 0, start, end }))

/** Ends the tasks of a backfill. */
async function finish(log: Log, name: string): Promise<void> {
  const found = (await backfillsOf(log)).find((one) => one.name === name)
  for (const { task, to } of found?.parts ?? []) await log.append(task, { n: 0, attempt: 'a', files: {}, body: { to, idle: true, ended: true } })
}
const ranges = ({ parts }: { parts: readonly { partition: string; from: number; to: number }[] }) =>
  parts.map(({ partition, from, to }) => [partition, from, to])

/** Resolves a backfill of one flow, which the pipeline reads from `starts` on. */
const resolve = (log: Log, name: string, starts: Readonly<Record<string, Json>>, asked: PartitionInfo<Json>[]) =>
  resolveBackfill(log, {
    name,
    flows: ['all'],
    covers: (all, _, partition) => [{ from: starts[partition], to: undefined }, ...partsOf(all, partition)],
    others: [],
    partitions: Object.keys(starts),
    asked,
  })
const partsOf = (all: readonly Backfill[], partition: string) => all.flatMap(({ parts }) => parts.filter((part) => part.partition === partition))

describe('the range of a backfill', () => {
  test.each([
    ['what is asked for, where it lies before the pipeline began', [0, 5], 10, [['t-0', 0, 5]]],
    ['up to where the pipeline began', [3, 20], 10, [['t-0', 3, 10]]],
    ['nothing where the pipeline began at the start', [0, 20], 0, []],
    ['nothing where the pipeline has all of it', [10, 20], 10, []],
    ['nothing of an empty range', [4, 4], 10, []],
  ] as const)('is %s', async (_, asked, began, expected) => {
    expect(ranges(await resolve(memoryLog(), 'b', { 't-0': began }, ask({ 't-0': asked })))).toEqual(expected)
  })

  test('is nothing of a partition that joined later, which began at its earliest position', async () => {
    expect((await resolve(memoryLog(), 'b', {}, ask({ 't-0': [0, 5] }))).parts).toEqual([])
  })

  test('leaves out what other backfills have: no row is read twice, and none between them is missed', async () => {
    const log = memoryLog()
    await resolve(log, 'middle', { 't-0': 20 }, ask({ 't-0': [5, 10] }))
    await finish(log, 'middle')
    await expect(resolve(log, 'all', { 't-0': 20 }, ask({ 't-0': [0, 20] }))).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining('of t-0, [0, 5) and [10, 20) are not in the log yet'),
    })
    expect(ranges(await resolve(log, 'late', { 't-0': 20 }, ask({ 't-0': [7, 30] })))).toEqual([['t-0', 10, 20]])
    await finish(log, 'late')
    expect(ranges(await resolve(log, 'early', { 't-0': 20 }, ask({ 't-0': [0, 30] })))).toEqual([['t-0', 0, 5]])
    await finish(log, 'early')
    expect((await resolve(log, 'none', { 't-0': 20 }, ask({ 't-0': [0, 30] }))).parts).toEqual([])
  })

  test('is refused where positions are no numbers', async () => {
    for (const [began, asked] of [
      [5, ['a', 'b']],
      ['a', [0, 5]],
      [5, [0, null]],
    ] as const)
      await expect(resolve(memoryLog(), 'b', { 't-0': began }, ask({ 't-0': asked }))).rejects.toMatchObject({
        code: 'OPTION_INVALID',
        message: expect.stringContaining('positions of t-0 are no numbers'),
      })
  })
})

describe('the record of a backfill', () => {
  test('decides once: the same name gives the same ranges, whatever is asked for then', async () => {
    const log = memoryLog()
    const first = await resolve(log, 'b', { 't-0': 10 }, ask({ 't-0': [0, 5] }))
    expect(await resolve(log, 'b', { 't-0': 10 }, ask({ 't-0': [0, 9] }))).toEqual(first)
    expect(await backfillsOf(log)).toEqual([first])
  })

  test('is one of two processes that resolve it at the same time', async () => {
    const log = memoryLog()
    const both = await Promise.all([5, 7].map((end) => resolve(log, 'b', { 't-0': 10 }, ask({ 't-0': [0, end] }))))
    expect(both[0]).toEqual(both[1])
    expect(await backfillsOf(log)).toEqual([both[0]])
  })

  test('is not written where nothing is left to read', async () => {
    const log = memoryLog()
    await resolve(log, 'b', { 't-0': 0 }, ask({ 't-0': [0, 5] }))
    expect(await log.latest(BACKFILLS)).toBe(-1)
  })

  test('keeps the order in which backfills began', async () => {
    const log = memoryLog()
    for (const [name, end] of [
      ['x', 3],
      ['a', 6],
    ] as const) {
      await resolve(log, name, { 't-0': 10 }, ask({ 't-0': [0, end] }))
      await finish(log, name)
    }
    expect((await backfillsOf(log)).map((one) => [one.name, ...ranges(one)])).toEqual([
      ['x', ['t-0', 0, 3]],
      ['a', ['t-0', 3, 6]],
    ])
  })
})

test('another backfill begins only when each task of the one before has ended', async () => {
  const log = memoryLog()
  await resolve(log, 'first', { 't-0': 10, 't-1': 10 }, ask({ 't-0': [0, 5], 't-1': [0, 5] }))
  const next = () => resolve(log, 'next', { 't-0': 10, 't-1': 10 }, ask({ 't-0': [5, 10] }))
  await expect(next()).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining('"first" of this log is not finished') })
  await log.append('t.backfill.first-0', { n: 0, attempt: 'a', files: {}, body: { to: 5, idle: true, ended: true } })
  await log.append('t.backfill.first-1', { n: 0, attempt: 'a', files: {}, body: { to: 3, idle: false, ended: false } })
  await expect(next()).rejects.toThrow('not finished')
  await log.append('t.backfill.first-1', { n: 1, attempt: 'a', files: {}, body: { to: 5, idle: true, ended: true } })
  expect(ranges(await next())).toEqual([['t-0', 5, 10]])
})

describe('the flows of a backfill', () => {
  const of = (log: Log, starts: Readonly<Record<string, number>>) =>
    resolveBackfill(log, {
      name: 'b',
      flows: Object.keys(starts),
      covers: (_, flow) => [{ from: starts[flow], to: undefined }],
      others: [],
      partitions: ['t-0'],
      asked: ask({ 't-0': [0, 9] }),
    })

  test('are those that lack something of it', async () => {
    const log = memoryLog()
    expect(await of(log, { has: 0, lacks: 5, 'lacks too': 5 })).toMatchObject({ flows: ['lacks', 'lacks too'], parts: [{ from: 0, to: 5 }] })
    expect((await backfillsOf(log))[0]).toMatchObject({ flows: ['lacks', 'lacks too'] })
  })

  test('lack the same, or are refused', async () => {
    const log = memoryLog()
    await expect(of(log, { one: 3, other: 5 })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining('lack different rows'),
    })
    expect(await backfillsOf(log)).toEqual([])
  })
})

describe('the tasks of a backfill', () => {
  test('are named like partitions of their own', () => {
    expect(backfillTask('tickets-12', 'june')).toBe('tickets.backfill.june-12')
    expect(backfillTask('a-3-b', 'june')).toBe('a-3-b.backfill.june-0')
  })

  test('never have the name of a partition', async () => {
    const asked = ask({ 't-0': [0, 5], 't.backfill.b-0': [0, 5] })
    await expect(resolve(memoryLog(), 'b', { 't-0': 10 }, asked)).rejects.toThrow('the source has a partition t.backfill.b-0')
    await expect(resolve(memoryLog(), 'b', { 't-0': 10, 't.backfill.b-0': 3 }, ask({ 't-0': [0, 5] }))).rejects.toThrow('another name')
  })

  test('never share a name, which would lose the rows of one', async () => {
    const log = memoryLog()
    await expect(resolve(log, 'b', { t: 10, 't-0': 10 }, ask({ t: [0, 5], 't-0': [0, 5] }))).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining('would share the task t.backfill.b-0'),
    })
    expect(await backfillsOf(log)).toEqual([])
  })
})
