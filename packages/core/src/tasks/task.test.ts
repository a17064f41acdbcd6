import { describe, expect, test } from 'vitest'
import { Event, messages, type Script } from '../../test/lake.ts'
import { TicketsError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import type { DeadLetter } from '../connectors/dead-letter.ts'
import type { Sink } from '../connectors/sink.ts'
import { into } from '../operators/into.ts'
import { makeContext } from '../pipeline/make-context.ts'
import { type PipelineOptions, resolveOptions } from '../pipeline/options.ts'
import { prepare } from '../pipeline/prepare.ts'
import { lastTaskRecord } from '../records/task-record.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { memorySink } from '../testing/memory-sink.ts'
import { memorySource } from '../testing/memory-source.ts'
import { quickClock } from '../testing/quick-clock.ts'
import { Task } from './task.ts'

const TASK = 'memory-0'
const never = new AbortController().signal

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((done) => setTimeout(done, 1))
}

/** One partition, its log and its sink, which outlive the tasks that are run on them. */
function world(script: Script = [1, 2, 3, 4], until: 'never' | 'now' | 'complete' = 'complete') {
  const all = messages(script)
  const [log, sink, dead] = [memoryLog(), memorySink<Event>('all'), memorySink<DeadLetter>('dead')]
  const context = async (more: Partial<PipelineOptions<Event, Json>> = {}, to: Sink<Event> = sink) => {
    const options: PipelineOptions<Event, Json> = {
      name: 'p',
      source: memorySource({ schema: Event, partitions: [all], until, chunk: 1 }),
      log,
      clock: quickClock,
      range: { rows: 2 },
      flows: (rows) => ({ all: rows.pipe(into(to)) }),
      ...more,
    }
    const resolved = resolveOptions(options)
    return makeContext(options, resolved, await prepare(options, resolved), null)
  }
  const seconds = () => sink.rows.map(({ at }) => (at.getTime() - Date.UTC(2026, 0, 1)) / 1000)
  return { all, log, sink, dead, context, seconds, last: () => lastTaskRecord(log, TASK) }
}

test('reads its partition to the end in ranges, and its last record says that it has ended', async () => {
  const { context, seconds, last, sink } = world()
  expect(await Task.run(await context(), TASK, never, never)).toBe('done')
  expect(seconds()).toEqual([1, 2, 3, 4])
  expect(await last()).toMatchObject({ to: 4, ended: true, counts: { rows: 4, rejected: 0, written: { all: 4 } } })
  expect([...sink.files.values()].map((rows) => rows.length)).toEqual([0, 2, 2])
  expect(sink.staged).toEqual([])
})

test('keeps its figures up to date for the progress of the run', async () => {
  const { context } = world()
  const made = await context()
  await Task.run(made, TASK, never, never)
  expect(made.statuses.get(TASK)).toMatchObject({ rows: 4, rejected: 0, late: 0, lag: 0, ended: true, watermark: Date.UTC(2026, 0, 1) + 4000 })
})

test('run again after its end, reads and changes nothing', async () => {
  const { context, log, sink, seconds } = world()
  await Task.run(await context(), TASK, never, never)
  const before = [log.records.get(TASK)?.size, sink.files.size]
  expect(await Task.run(await context(), TASK, never, never)).toBe('done')
  expect([log.records.get(TASK)?.size, sink.files.size]).toEqual(before)
  expect(seconds()).toEqual([1, 2, 3, 4])
})

test('refuses rows that come after an end that was declared', async () => {
  const { all, context, seconds } = world([1, 2])
  await Task.run(await context(), TASK, never, never)
  all.push(...messages([null, null, 3]))
  await expect(Task.run(await context(), TASK, never, never)).rejects.toThrow('was declared complete')
  expect(seconds()).toEqual([1, 2])
})

describe('stopped', () => {
  test('commits what it has read, and the next one continues after that', async () => {
    const { all, context, seconds, last } = world([1, 2, 3], 'never')
    const made = await context({ range: { rows: 100 } })
    const stop = new AbortController()
    const running = Task.run(made, TASK, stop.signal, never)
    await until(() => made.statuses.get(TASK)?.rows === 3)
    expect(seconds()).toEqual([])
    stop.abort()
    expect(await running).toBe('stopped')
    expect(seconds()).toEqual([1, 2, 3])
    expect(await last()).toMatchObject({ to: 3, ended: false })
    all.push(...messages([null, null, null, 4]))
    const again = new AbortController()
    const second = Task.run(await context({ range: { rows: 1 } }), TASK, again.signal, never)
    await until(() => seconds().length > 3)
    expect(seconds()).toEqual([1, 2, 3, 4])
    again.abort()
    expect(await second).toBe('stopped')
  })

  test('before it has begun, reads nothing', async () => {
    const { context, seconds } = world()
    expect(await Task.run(await context(), TASK, AbortSignal.abort(), never)).toBe('stopped')
    expect(seconds()).toEqual([])
  })
})

describe('whose partition is taken away', () => {
  test('fails as lost, and the next one gives each row once', async () => {
    const { context, seconds } = world([1, 2, 3, 4, 5])
    const revoked = new AbortController()
    const inner = memorySource({ schema: Event, partitions: [messages([1, 2, 3, 4, 5])], chunk: 1 })
    let reads = 0
    const open: typeof inner.open = async (...at) => {
      const reader = await inner.open(...at)
      return {
        ...reader,
        read: async (max) => {
          if (++reads === 4) revoked.abort()
          return reader.read(max)
        },
      }
    }
    await expect(Task.run(await context({ source: { ...inner, open } }), TASK, never, revoked.signal)).rejects.toMatchObject({ code: 'TASK_LOST' })
    expect(seconds().length).toBeLessThan(5)
    expect(await Task.run(await context(), TASK, never, never)).toBe('done')
    expect(seconds()).toEqual([1, 2, 3, 4, 5])
  })

  test('and that another process reads meanwhile, commits nothing over it', async () => {
    const { context, log, seconds } = world([1, 2, 3, 4])
    const made = await context()
    let hasRun = false
    const zombie = {
      ...made,
      log: {
        ...made.log,
        append: async (task: string, record: Parameters<typeof log.append>[1]) => {
          if (!hasRun) {
            hasRun = true
            await Task.run(await context(), TASK, never, never)
          }
          return made.log.append(task, record)
        },
      },
    }
    await expect(Task.run(zombie, TASK, never, never)).rejects.toMatchObject({ code: 'TASK_LOST' })
    expect(seconds()).toEqual([1, 2, 3, 4])
  })
})

describe('an invalid message', () => {
  test('stops a task without a place for it, with the rows of earlier ranges committed', async () => {
    const { context, seconds, last } = world([1, 2, 'not JSON', 4])
    await expect(Task.run(await context(), TASK, never, never)).rejects.toMatchObject({ code: 'REJECTED_MESSAGE' })
    expect([0, 2]).toContain((await last())?.to)
    expect(seconds()).toEqual([1, 2].slice(0, Number((await last())?.to)))
  })

  test('is a dead letter of the range that it was read in, and counted', async () => {
    const { context, seconds, dead, last } = world([1, 2, 'not JSON', 4])
    await Task.run(await context({ deadLetters: dead }), TASK, never, never)
    expect(seconds()).toEqual([1, 2, 4])
    expect(dead.rows).toMatchObject([{ partition: TASK, topic: 'memory', position: 2, value: 'not JSON' }])
    expect((await last())?.counts).toMatchObject({ rows: 4, rejected: 1 })
  })
})

describe('range.rows bounds a range', () => {
  /** Rows of each record. */
  const rangesIn = (log: ReturnType<typeof memoryLog>) =>
    [...(log.records.get(TASK)?.values() ?? [])]
      .map(({ body }) => body as { from: number; to: number })
      .map(({ from, to }) => to - from)
      .filter((rows) => rows > 0)
  const ten = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]

  test.each([
    ['what the source gives at once', 100, 4, [4, 4, 2]],
    ['one row', 100, 1, new Array(10).fill(1)],
    ['one row, of a source that gives some', 3, 1, new Array(10).fill(1)],
  ])('to %s', async (_what, chunk, rows, expected) => {
    const { context, log } = world(ten)
    const source = memorySource({ schema: Event, partitions: [messages(ten)], chunk })
    await Task.run(await context({ source, range: { rows } }), TASK, never, never)
    expect(rangesIn(log)).toEqual(expected)
  })

  test('with a source that reads ahead, and so learned of the room too early', async () => {
    const { context, log } = world(ten)
    const inner = memorySource({ schema: Event, partitions: [messages(ten)], chunk: 3 })
    const open: typeof inner.open = async (...args) => {
      const reader = await inner.open(...args)
      return { ...reader, read: (max) => reader.read({ ...max, rows: 3 }) }
    }
    await Task.run(await context({ source: { ...inner, open }, range: { rows: 4 } }), TASK, never, never)
    expect(rangesIn(log)).toEqual([3, 3, 4])
  })
})

test('closes what it opened where the source cannot be opened, or a sink fails', async () => {
  const { context, sink, seconds } = world()
  const closed: string[] = []
  const watched: Sink<Event> = {
    target: 'watched',
    open: async (...at) => ({ ...(await sink.open(...at)), close: async () => void closed.push('writer') }),
  }
  const inner = memorySource({ schema: Event, partitions: [messages([1, 2])] })
  const gone = { ...inner, open: () => Promise.reject(new TicketsError('POSITION_GONE', 'it was deleted')) }
  await expect(Task.run(await context({ source: gone }, watched), TASK, never, never)).rejects.toMatchObject({ code: 'POSITION_GONE' })
  expect(closed).toEqual(['writer'])

  const open: typeof inner.open = async (...at) => ({ ...(await inner.open(...at)), close: async () => void closed.push('reader') })
  const full: Sink<Event> = {
    ...watched,
    open: async (...at) => ({ ...(await watched.open(...at)), stage: () => Promise.reject(new Error('no room')) }),
  }
  await expect(Task.run(await context({ source: { ...inner, open } }, full), TASK, never, never)).rejects.toThrow('no room')
  expect(closed).toEqual(['writer', 'writer', 'reader'])
  expect(seconds()).toEqual([])
})
