import { expect, test } from 'vitest'
import { Event, messages } from '../../test/lake.ts'
import { count } from '../aggregate/count.ts'
import type { Message } from '../batch/schema.ts'
import type { CommitLog } from '../connectors/commit-log.ts'
import type { Sink } from '../connectors/sink.ts'
import { into } from '../operators/into.ts'
import { windowed } from '../operators/windowed.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { memorySink } from '../testing/memory-sink.ts'
import { memorySource } from '../testing/memory-source.ts'
import { tumbling } from '../window/tumbling.ts'
import type { FlowChanges } from './flow-changes.ts'
import { pipeline } from './pipeline.ts'

function world<L extends CommitLog = ReturnType<typeof memoryLog>>(log = memoryLog() as CommitLog as L) {
  const script: number[] = []
  const partition: Message[] = []
  const add = (...seconds: number[]) => {
    script.push(...seconds)
    partition.splice(0, partition.length, ...messages(script))
  }
  const sinks = { old: memorySink<Event>('old'), joined: memorySink<Event>('joined'), windows: memorySink<{ rows: number }>('windows') }
  const run = (flows: readonly (keyof typeof sinks)[], changes?: FlowChanges) =>
    pipeline({
      name: 'changing',
      source: memorySource({ schema: Event, partitions: [partition], until: 'now' }),
      log,
      ...(changes ? { changes } : {}),
      flows: (events) => {
        const all = {
          old: events.pipe(into(sinks.old)),
          joined: events.pipe(into(sinks.joined)),
          windows: events.pipe(windowed(tumbling({ size: '10s' }), { aggregate: { rows: count() } }), into(sinks.windows as Sink<unknown>)),
        }
        return Object.fromEntries(flows.map((name) => [name, all[name]]))
      },
    }).run({ handleSignals: false })
  return { run, add, sinks, log }
}

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
  expect(log.records.get('merge')?.get(0)?.body).toMatchObject({ position: { 'memory-0': head } })
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
