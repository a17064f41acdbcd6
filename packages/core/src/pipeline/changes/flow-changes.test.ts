import { expect, test } from 'vitest'
import { starts, world } from '../../../test/changes.ts'
import type { CommitLog } from '../../connectors/commit-log.ts'
import { memoryLog } from '../../testing/memory-log.ts'
import { memorySink } from '../../testing/memory-sink.ts'
import type { FlowChanges } from './flow-changes.ts'

test('1.5 a flow that joins gets the rows from where the pipeline stands, and the others continue as they are', async () => {
  const { run, add, sinks } = world()
  add(1, 2, 3)
  await run(['old'])
  const before = new Map(sinks.old.files)
  add(4, 5)
  await run(['old', 'joined'], { added: 'current' })
  expect(sinks.joined.rows).toHaveLength(2)
  expect(sinks.old.rows).toHaveLength(5)
  for (const [name, rows] of before) expect(sinks.old.files.get(name)).toEqual(rows)
  // It belongs to the log from then on, whatever the option says.
  add(6)
  await run(['old', 'joined'])
  expect([sinks.old.rows.length, sinks.joined.rows.length]).toEqual([6, 3])
  await expect(run(['old'])).rejects.toMatchObject({ code: 'PIPELINE_CHANGED', message: expect.stringContaining('"joined" is gone') })
})

test('without the option it is refused, and the advice of the error works', async () => {
  const { run, add, sinks, log } = world()
  add(1)
  await run(['old'])
  await expect(run(['old', 'joined'])).rejects.toMatchObject({
    code: 'PIPELINE_CHANGED',
    message: expect.stringMatching(/the flow "joined" is new.*changes: \{ added: 'current' \}/),
  })
  expect(await log.latest('changes')).toBe(-1)
  add(2)
  await run(['old', 'joined'], { added: 'current' })
  expect(sinks.joined.rows).toHaveLength(1)
})

test('the first windows of a log begin a merge behind the records that hold none', async () => {
  const { run, add, sinks, log } = world()
  for (const second of [1, 2, 3]) {
    add(second)
    await run(['old'])
  }
  const head = await log.latest('memory-0')
  add(11, 12, 25)
  await run(['old', 'windows'], { added: 'current' })
  // The change has taken a number of its own.
  expect(log.records.get('merge')?.get(0)?.body).toMatchObject({ position: { 'memory-0': head + 1 } })
  add(40)
  await run(['old', 'windows'])
  expect(sinks.old.rows).toHaveLength(7)
  const last = new Map(sinks.windows.rows.map((row) => [(row as unknown as { window_start: Date }).window_start.getUTCSeconds(), row.rows]))
  expect([...last].sort(([a], [b]) => a - b)).toEqual([
    [10, 2],
    [20, 1],
    [40, 1],
  ])
})

test('other differences beside a new flow are refused, and two that join at once are one change', async () => {
  const { run, add, sinks, log } = world()
  add(1)
  await run(['old', 'windows'])
  await expect(run(['old', 'joined'], { added: 'current' })).rejects.toMatchObject({
    code: 'PIPELINE_CHANGED',
    message: expect.stringContaining('is gone'),
  })
  expect(await log.latest('changes')).toBe(-1)
  // Both have looked at the log before one of them appends.
  let waiting: (() => void)[] = []
  const slow: CommitLog = {
    ...log,
    async append(task, record) {
      if (task === 'changes') {
        await new Promise<void>((resolve) => {
          waiting.push(resolve)
          if (waiting.length < 2) return
          for (const go of waiting) go()
          waiting = []
        })
      }
      return log.append(task, record)
    },
  }
  const [a, b] = [world(slow), world(slow)]
  await Promise.allSettled([a, b].map((one) => one.run(['old', 'windows', 'joined'], { added: 'current' })))
  expect(await log.latest('changes')).toBe(0)
  expect(sinks.joined.rows).toEqual([])
})

test('a process that dies while a flow joins leaves a log that the next one takes up, with each row once', async () => {
  for (let at = 0; at < 40; at++) {
    const inner = memoryLog()
    let calls = 0
    let isDead = false
    const guard = <A extends unknown[], R>(work: (...args: A) => Promise<R>) => {
      return async (...args: A): Promise<R> => {
        if (isDead && calls++ >= at) throw new Error('killed')
        return work(...args)
      }
    }
    const log: CommitLog = { ...inner, begin: guard(inner.begin), head: guard(inner.head), latest: guard(inner.latest), append: guard(inner.append) }
    const { run, add, sinks } = world(log)
    add(1, 2, 3)
    await run(['old'])
    add(4, 5)
    isDead = true
    await run(['old', 'joined', 'windows'], { added: 'current' }).catch(() => {})
    isDead = false
    await run(['old', 'joined', 'windows'], { added: 'current' })
    expect([at, sinks.old.rows.length, sinks.joined.rows.length]).toEqual([at, 5, 2])
    expect(await inner.latest('changes')).toBe(0)
  }
})

test('a flow that goes is remembered with its target, and comes back where the others stand', async () => {
  const { run, add, sinks, log } = world()
  add(1, 2, 3)
  await run(['old', 'joined'], { dropped: 'remember' })
  add(4)
  await run(['old'], { dropped: 'remember' })
  expect([sinks.old.rows.length, sinks.joined.rows.length]).toEqual([4, 3])
  // Recovery lets it be, whatever the option says.
  add(5)
  await run(['old'])
  await expect(run(['old', 'joined'])).rejects.toMatchObject({ code: 'PIPELINE_CHANGED', message: expect.stringContaining('"joined" is new') })
  add(6)
  await run(['old', 'joined'], { added: 'current' })
  expect([sinks.old.rows.length, sinks.joined.rows.length]).toEqual([6, 4])
  expect(await log.latest('changes')).toBe(1)
})

test('a flow whose last files may not be visible is not dropped, and the advice of the error works', async () => {
  const { run, add, sinks, log } = world()
  add(1, 2, 3)
  await run(['old', 'windows'])
  expect(Object.keys((await log.head('merge'))?.files ?? {})).toEqual(['windows'])
  await expect(run(['old'], { dropped: 'remember' })).rejects.toMatchObject({
    code: 'PIPELINE_CHANGED',
    message: expect.stringMatching(/record \d+ of merge names files of it: stop every process, run the program from before the change once more/),
  })
  expect(await log.latest('changes')).toBe(-1)
  await run(['old', 'windows'], { dropped: 'remember' })
  const [rows, records] = [sinks.windows.rows.length, await log.latest('merge')]
  await run(['old', 'windows'], { dropped: 'remember' })
  expect(await log.latest('merge')).toBe(records)
  add(4)
  await run(['old'], { dropped: 'remember' })
  expect([sinks.old.rows.length, sinks.windows.rows.length]).toEqual([4, rows])
})

test('after all windows were dropped, other flows that remember rows can be dropped too', async () => {
  const { run, add, sinks, log } = world()
  const dropped: FlowChanges = { dropped: 'remember' }
  add(1, 2, 13)
  await run(['old', 'numbered', 'windows'], dropped)
  add(14)
  await run(['old', 'numbered'], dropped)
  add(15)
  await run(['old'], dropped)
  expect([sinks.old.rows.length, sinks.numbered.rows.length, await log.latest('changes')]).toEqual([5, 4, 1])
})

test('windows that were dropped come back as their next version only, behind what was pruned meanwhile', async () => {
  const { run, add, sinks, log } = world(memoryLog(), 1)
  add(1, 2, 3)
  await run(['old', 'windows'], { dropped: 'remember' })
  add(...Array.from({ length: 300 }, (_, i) => 4 + i / 100))
  await run(['old'], { dropped: 'remember' })
  expect(log.records.get('memory-0')?.has(100)).toBe(false)
  const all: FlowChanges = { added: 'current', changed: 'next-version', dropped: 'remember' }
  await expect(run(['old', 'windows'], { ...all, changed: 'refuse' })).rejects.toMatchObject({
    code: 'PIPELINE_CHANGED',
    message: expect.stringContaining('what its operators remembered was not kept'),
  })
  add(31, 32, 45)
  await run(['old', 'windows'], all)
  expect(await log.latest('changes')).toBe(1)
  expect([sinks.old.rows.length, starts(sinks.windows.version(2).rows)]).toEqual([306, [30, 40]])
})

test('a changed flow starts anew in its next version, and the others continue as they are', async () => {
  const { run, add, sinks, log } = world()
  const anew: FlowChanges = { changed: 'next-version' }
  add(1, 2, 13)
  await run(['old', 'windows'], anew)
  const [before, old] = [sinks.windows.rows.length, new Map(sinks.old.files)]
  add(14, 25)
  await expect(run(['old', 'windows'], {}, '5s')).rejects.toMatchObject({
    code: 'PIPELINE_CHANGED',
    message: expect.stringContaining("changes: { changed: 'next-version' }"),
  })
  await run(['old', 'windows'], anew, '5s')
  expect(sinks.windows.rows.length).toBe(before)
  expect(starts(sinks.windows.version(2).rows)).toEqual([10, 25])
  for (const [name, rows] of old) expect(sinks.old.files.get(name)).toEqual(rows)
  expect(sinks.old.rows).toHaveLength(5)
  // It is what runs from then on, whatever the option says; the version before is gone for good.
  add(31)
  await run(['old', 'windows'], {}, '5s')
  expect(starts(sinks.windows.version(2).rows)).toEqual([10, 25, 30])
  await expect(run(['old', 'windows'])).rejects.toMatchObject({
    code: 'PIPELINE_CHANGED',
    message: expect.stringContaining('"windows.v2" are others'),
  })
  await run(['old', 'windows'], anew, '5s')
  await run(['old', 'windows'], anew)
  add(47)
  await run(['old', 'windows'], anew)
  expect([starts(sinks.windows.version(3).rows), await log.latest('changes')]).toEqual([[40], 1])
})

test('a process that dies while a flow starts anew leaves a log that the next one takes up', async () => {
  const anew: FlowChanges = { changed: 'next-version', dropped: 'remember' }
  for (let at = 0; at < 60; at++) {
    const inner = memoryLog()
    let calls = 0
    let isDying = false
    const guard = <A extends unknown[], R>(work: (...args: A) => Promise<R>) => {
      return async (...args: A): Promise<R> => {
        if (isDying && calls++ >= at) throw new Error('killed')
        return work(...args)
      }
    }
    const log: CommitLog = { ...inner, begin: guard(inner.begin), head: guard(inner.head), latest: guard(inner.latest), append: guard(inner.append) }
    const { run, add, sinks } = world(log)
    add(1, 2, 13)
    await run(['old', 'joined', 'windows'], anew)
    const before = sinks.windows.rows.length
    add(14, 25)
    isDying = true
    await run(['old', 'windows'], anew, '5s').catch(() => {})
    isDying = false
    await run(['old', 'windows'], anew, '5s')
    expect([at, sinks.old.rows.length, sinks.joined.rows.length, sinks.windows.rows.length, starts(sinks.windows.version(2).rows)]).toEqual([
      at,
      5,
      3,
      before,
      [10, 25],
    ])
    expect(await inner.latest('changes')).toBe(0)
  }
})

test('a flow whose sink cannot write beside the version before is refused, with what to do', async () => {
  const { run, add, sinks, log } = world()
  add(1, 13)
  await run(['old', 'windows'], { changed: 'next-version' })
  const { version: _, ...fixed } = sinks.windows
  const other = memorySink<{ rows: number }>('elsewhere')
  const before = sinks.windows.rows.length
  await expect(run(['old', 'windows'], { changed: 'next-version' }, '5s', fixed as never)).rejects.toMatchObject({
    code: 'PIPELINE_CHANGED',
    message: expect.stringContaining('memory:windows holds what the version before wrote'),
  })
  expect(await log.latest('changes')).toBe(-1)
  add(25)
  await run(['old', 'windows'], { changed: 'next-version' }, '5s', other)
  expect([sinks.windows.rows.length, starts(other.rows)]).toEqual([before, [25]])
})
