import { describe, expect, test } from 'vitest'
import type { Clock } from '../../packages/core/src/base/clock.ts'
import type { Source } from '../../packages/core/src/connectors/source.ts'
import { MERGE } from '../../packages/core/src/records/merge-record.ts'
import type { TaskRecord } from '../../packages/core/src/records/task-record.ts'
import { memoryLog } from '../../packages/core/src/testing/memory-log.ts'
import { memorySource } from '../../packages/core/src/testing/memory-source.ts'
import { outputsOf } from '../../packages/core/src/testing/outputs.ts'
import { Event, type LakeOptions, lake, memorySinks, messages, type Script } from '../../packages/core/test/lake.ts'

/** Partitions that grow, a clock that is turned by hand, and a pipeline over them. */
function live(count: number, until: Source<Event>['until'] = 'never') {
  const scripts: (number | string)[][] = Array.from({ length: count }, () => [])
  const partitions = scripts.map(() => [...messages([])])
  const [log, sinks] = [memoryLog(), memorySinks()]
  let now = Date.UTC(2026, 0, 1)
  const clock: Clock = { now: () => now, sleep: (_, signal) => new Promise((resolve) => (signal?.aborted ? resolve() : setTimeout(resolve, 1))) }
  const source = memorySource({ schema: Event, partitions, until })
  const world = { source, log, sinks }
  return {
    ...world,
    add(p: number, ...seconds: Script) {
      const script = scripts[p] as (number | string)[]
      const from = script.length
      script.push(...(seconds as number[]))
      partitions[p]?.push(...messages(script, p).slice(from))
    },
    pass(ms: number) {
      now += ms
    },
    async during(work: () => Promise<void>, options: LakeOptions = {}) {
      const stop = new AbortController()
      const running = lake(world, {
        clock: {
          ...clock,
          sleep: (ms, signal) => (ms > 10_000 ? new Promise((resolve) => void setTimeout(resolve, ms).unref?.()) : clock.sleep(ms, signal)),
        },
        range: { rows: 1 },
        ...options,
      }).run({ handleSignals: false, signal: stop.signal })
      await Promise.race([running, work()])
      stop.abort()
      return running
    },
    once: (options: LakeOptions = {}) => lake(world, { clock, range: { rows: 3 }, ...options }).run({ handleSignals: false }),
    windows: () =>
      sinks.windows.rows.map(
        ({ window_start, rows, revision }) => [window_start.getTime() / 1000 - Date.UTC(2026, 0, 1) / 1000, rows, revision] as const,
      ),
  }
}

const until = async (holds: () => boolean, what: string) => {
  for (let turns = 0; turns < 400; turns++) {
    if (holds()) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`never: ${what}`)
}
const rest = () => new Promise<void>((resolve) => setTimeout(resolve, 60))

test('4.1 it waits for every partition of the pipeline record, also for one that has no row', async () => {
  const world = live(2)
  world.add(0, 1, 15, 30)
  await world.during(async () => {
    await until(() => world.sinks.all.rows.length === 3, 'rows')
    await rest()
  })
  expect(world.windows()).toEqual([])
})

test('4.1 a record that is missing stops the merge, naming it', async () => {
  const world = live(1, 'now')
  world.add(0, 1, 15, 30, 45, 60, 75)
  await world.once()
  const broken = { ...world.log, read: (task: string, after: number) => world.log.read(task, task === MERGE ? after : -2) }
  world.add(0, 90)
  await expect(lake({ ...world, log: broken }).run({ handleSignals: false })).rejects.toMatchObject({ code: 'LOG_GAP' })
})

test('4.1 the order in which tasks come makes no difference', async () => {
  const shown = []
  for (const order of [
    [0, 1],
    [1, 0],
  ]) {
    const world = live(2)
    await world.during(async () => {
      for (const p of order) {
        world.add(p, 1, 2, 12 + p, 40)
        await until(() => world.sinks.all.rows.filter(({ who }) => Math.floor(who / 1000) === p).length === 4, 'rows')
      }
      await until(() => world.windows().length === 3, 'windows')
    })
    shown.push(outputsOf(world.sinks).windows)
  }
  expect(shown[0]).toEqual(shown[1])
})

test('4.2, 4.3 a window is shown once the minimum of the watermarks passes its close, with the rows of all tasks', async () => {
  const world = live(2)
  world.add(0, 1, 30)
  await world.during(async () => {
    await rest()
    expect(world.windows()).toEqual([])
    world.add(1, 4, 10)
    await until(() => world.windows().length === 1, 'the window')
    world.add(1, 29)
    await rest()
  })
  // Rows 1 and 4, one of each partition, of one kind; closed by 10, which is the window's end.
  expect(world.windows().slice(0, 1)).toEqual([[0, 2, 0]])
})

test('4.4 an idle task holds nothing back, and when it returns its rows still count, as a revision', async () => {
  const world = live(2)
  world.add(0, 1)
  await world.during(
    async () => {
      await until(() => world.sinks.all.rows.length === 1, 'the first row')
      await rest()
      world.pass(30_000)
      world.add(1, 4, 30)
      await until(() => world.sinks.all.rows.length === 3, 'the other rows')
      await rest()
      expect(world.windows()).toEqual([])
      world.pass(31_000)
      await until(() => world.windows().length === 1, 'the window without the idle task')
      expect(world.windows()).toEqual([[0, 2, 0]])
      world.add(0, 2, 3, 5)
      await until(() => world.sinks.all.rows.length === 6, 'rows of the task that returns')
      world.add(0, 31)
      await until(() => world.windows().some(([, , revision]) => revision === 1), 'a revision')
    },
    { idleTimeout: '1 minute' },
  )
  const last = new Map(world.sinks.windows.rows.map(({ window_start, kind, rows }) => [`${window_start.toISOString().slice(17, 19)} ${kind}`, rows]))
  expect(last.get('00 a')).toBe(3)
  expect(world.sinks.late.rows).toEqual([])
})

test('4.4 an idle record has from = to and carries the open partials', async () => {
  const world = live(1)
  world.add(0, 1, 2)
  const idle = () =>
    [...(world.log.records.get('memory-0')?.values() ?? [])].map(({ body }) => body as unknown as TaskRecord).find((body) => body.idle)
  await world.during(
    async () => {
      await until(() => world.sinks.all.rows.length === 2, 'rows')
      await rest()
      world.pass(61_000)
      await until(() => idle() !== undefined, 'an idle record')
    },
    { idleTimeout: '1 minute' },
  )
  expect(idle()).toMatchObject({ from: 2, to: 2, partials: { 'windows/windowed': [{ closed: false }, { closed: false }] } })
})

test('4.4 what comes more than keepFor after its window was shown is counted as expired', async () => {
  const world = live(2, 'now')
  const options = { keepFor: '1 minute' as const, range: { rows: 1 } }
  world.add(0, 1)
  await world.once(options)
  // The first partition is idle: the other alone moves the time on.
  world.add(1, 500, 501)
  await world.once(options)
  world.add(0, 2, 3)
  const before = world.windows()
  expect(await world.once(options)).toMatchObject({ rows: 2, late: {}, expired: 2, written: { all: 2, windows: 0 } })
  expect(world.windows()).toEqual(before)
})

describe('4.5 the end of a bounded run', () => {
  test('shows all windows, and nothing becomes late because it ended', async () => {
    const world = live(1, 'now')
    world.add(0, 1, 2, 3)
    await world.once()
    expect(world.windows().map(([, rows]) => rows)).toEqual([1, 1, 1])
    world.add(0, 4, 5, 6)
    const summary = await world.once()
    expect(summary).toMatchObject({ rows: 3, late: {} })
    expect(
      world
        .windows()
        .filter(([, , revision]) => revision === 1)
        .map(([, rows]) => rows),
    ).toEqual([2, 2, 2])
  })

  test('a run that crashed is finished, with its own end, before the next begins', async () => {
    const world = live(1, 'now')
    world.add(0, 1, 2, 3)
    const dying = {
      ...world.log,
      append: (task: string, record: Parameters<typeof world.log.append>[1]) =>
        task === 'memory-0' && record.n > 0 ? Promise.reject(new Error('died')) : world.log.append(task, record),
    }
    await expect(lake({ ...world, log: dying }, { range: { rows: 1 } }).run({ handleSignals: false })).rejects.toThrow('died')
    world.add(0, 4)
    expect(await world.once()).toMatchObject({ how: 'done' })
    expect(world.sinks.all.rows).toHaveLength(3)
    await world.once()
    expect(world.sinks.all.rows).toHaveLength(4)
  })
})
