import { expect, test } from 'vitest'
import { starts, world } from '../../../test/changes.ts'
import type { Event, WindowOfEvents } from '../../../test/lake.ts'
import { deferred } from '../../base/async.ts'
import type { CommitLog } from '../../connectors/commit-log.ts'
import type { Source } from '../../connectors/source.ts'
import { memoryLog } from '../../testing/memory-log.ts'

const quiet = { handleSignals: false } as const

/** A log whose appends to one task wait for a sign. */
function slowLog(log: CommitLog, task: string) {
  const [reached, go] = [deferred<void>(), deferred<void>()]
  const slow: CommitLog = {
    ...log,
    async append(to, record) {
      if (to === task) {
        reached.resolve()
        await go.promise
      }
      return log.append(to, record)
    },
  }
  return { slow, reached: reached.promise, go: () => go.resolve() }
}

/** The same source, which waits for something before its first partition is opened. */
function waiting(source: Source<Event>, wait: () => Promise<unknown>): Source<Event> {
  return {
    ...source,
    async open(partition, from, options) {
      await wait()
      return source.open(partition, from, options)
    },
  }
}

test('1.5 a process from before a change commits nothing after it, so that a flow that joined misses no rows', async () => {
  const { program, run, source, add, sinks, log } = world()
  add(1)
  await run(['old'])
  add(2, 3)
  const { slow, reached, go } = slowLog(log, 'memory-0')
  const before = program(['old'], { log: slow }).run(quiet)
  await reached
  // The process from before commits at the moment at which the new one begins to read.
  const late = waiting(source(), () => {
    go()
    return before.catch(() => {})
  })
  await program(['old', 'joined'], { changes: { added: 'current' }, source: late }).run(quiet)
  await expect(before).rejects.toMatchObject({
    code: 'PIPELINE_CHANGED',
    message: expect.stringContaining('memory-0 runs with those from before'),
  })
  expect([sinks.old.rows.length, sinks.joined.rows.length]).toEqual([3, 2])
  expect(sinks.old.staged).toEqual([])
})

test('the merge of a process from before a change commits nothing after it', async () => {
  const { program, run, source, add, sinks, log } = world()
  add(1)
  await run(['windows'])
  add(2, 13)
  const { slow, reached, go } = slowLog(log, 'merge')
  const before = program(['windows'], { log: slow }).run(quiet)
  await reached
  const late = waiting(source(), () => {
    go()
    return before.catch(() => {})
  })
  await program(['windows', 'old'], { changes: { added: 'current' }, source: late }).run(quiet)
  await expect(before).rejects.toMatchObject({ code: 'PIPELINE_CHANGED', message: expect.stringContaining('runs with those from before') })
  const known = [...(log.records.get('merge')?.values() ?? [])].map(({ body }) => (body as { changes?: number }).changes ?? 0)
  expect(known).toEqual(known.toSorted())
  expect(known.at(-1)).toBe(1)
  expect(starts(sinks.windows.rows)).toEqual([0, 10])
})

test('a process from before a change that opens a task after it stops before it publishes anything', async () => {
  const { program, run, source, add, sinks } = world()
  add(1)
  await run(['old'])
  add(2)
  const inner = source()
  const opened = deferred<void>()
  const late: Source<Event> = {
    ...inner,
    async partitions(on) {
      await opened.promise
      return inner.partitions(on)
    },
  }
  const before = program(['old'], { source: late }).run(quiet)
  await run(['old', 'joined'], { added: 'current' })
  add(3)
  opened.resolve()
  await expect(before).rejects.toMatchObject({ code: 'PIPELINE_CHANGED' })
  await run(['old', 'joined'])
  expect([sinks.old.rows.length, sinks.joined.rows.length]).toEqual([3, 2])
})

test('a flow does not go while another process commits: nothing is changed, and the advice of the error works', async () => {
  const { program, run, add, sinks, log } = world()
  const dropped = { dropped: 'remember' } as const
  add(1)
  await run(['old', 'joined'], dropped)
  add(2, 3)
  const { slow, reached, go } = slowLog(log, 'memory-0')
  const before = program(['old', 'joined'], { log: slow }).run(quiet)
  await reached
  const meanwhile: CommitLog = {
    ...log,
    async append(task, record) {
      const outcome = await log.append(task, record)
      if (task !== 'changes') return outcome
      go()
      await before
      return outcome
    },
  }
  const refused = program(['old'], { changes: dropped, log: meanwhile }).run(quiet)
  await expect(refused).rejects.toMatchObject({
    code: 'PIPELINE_CHANGED',
    message: expect.stringMatching(
      /another process has committed record \d+ of memory-0 while flows went, so nothing was changed: stop every process/,
    ),
  })
  await run(['old', 'joined'], dropped)
  add(4)
  await run(['old'], dropped)
  expect([sinks.old.rows.length, sinks.joined.rows.length]).toEqual([4, 3])
})

test.each(['memory-0', 'merge'])(
  'what a process recorded of %s and did not publish is visible before a change takes the next number (3.6)',
  async (task) => {
    const { program, run, add, sinks, log } = world()
    add(1)
    await run(['old', 'windows'])
    add(2, 13)
    const dying: CommitLog = {
      ...log,
      async append(to, record) {
        const outcome = await log.append(to, record)
        if (to === task && Object.keys(record.files).length > 0) throw new Error('died')
        return outcome
      },
    }
    await expect(program(['old', 'windows'], { log: dying }).run(quiet)).rejects.toThrow('died')
    expect([...sinks.old.staged, ...sinks.windows.staged].some((name) => name.startsWith(task))).toBe(true)
    await run(['old', 'windows', 'joined'], { added: 'current' })
    add(24)
    await run(['old', 'windows', 'joined'])
    expect(sinks.old.rows).toHaveLength(4)
    const emitted = (sinks.windows.rows as unknown as WindowOfEvents[]).map((row) => [row.window_start.getUTCSeconds(), row.revision, row.rows])
    expect(emitted.sort()).toEqual([
      [0, 0, 1],
      [0, 1, 2],
      [10, 0, 1],
      [20, 0, 1],
    ])
    expect([sinks.old.staged, sinks.windows.staged]).toEqual([[], []])
  },
)

test('a change before the first record leaves the start of tasks and merge as it is', async () => {
  const { program, run, add, sinks, log } = world()
  const dead: CommitLog = { ...log, append: () => Promise.reject(new Error('died')) }
  await expect(program(['old', 'windows'], { log: dead }).run(quiet)).rejects.toThrow('died')
  await run(['old', 'windows', 'joined'], { added: 'current' })
  // Record 0 of a dataset without rows tells its columns.
  expect([sinks.old, sinks.windows].map(({ files }) => files.size)).toEqual([1, 1])
  add(1, 2, 13)
  await run(['old', 'windows', 'joined'])
  expect([sinks.old.rows.length, sinks.joined.rows.length, starts(sinks.windows.rows)]).toEqual([3, 3, [0, 10]])
})

test('logs from before changes were fenced continue: a change counts from where it was decided', async () => {
  const inner = memoryLog()
  // The release before wrote no fences, and did not say that a change needs one.
  const unfenced: CommitLog = {
    ...inner,
    async append(task, record) {
      if (task !== 'changes') return inner.append(task, record)
      const { isFenced: _, filled: __, ...body } = record.body as Record<string, never>
      return inner.append(task, { ...record, body })
    },
  }
  const { program, run, add, sinks } = world(inner)
  add(1, 13)
  await run(['old'])
  add(14)
  await program(['old', 'windows'], { log: unfenced, changes: { added: 'current' } }).run(quiet)
  expect([await inner.latest('changes'), await inner.latest('fences')]).toEqual([0, -1])
  add(25)
  await run(['old', 'windows'])
  expect([sinks.old.rows.length, starts(sinks.windows.rows)]).toEqual([4, [10, 20]])
})
