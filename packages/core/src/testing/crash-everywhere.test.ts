import { describe, expect, it } from 'vitest'
import { Event, messages } from '../../test/lake.ts'
import type { CommitLog } from '../connectors/commit-log.ts'
import type { Sink, Writer } from '../connectors/sink.ts'
import { into } from '../operators/into.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { type CrashEverywhereOptions, crashEverywhere, eachStep, type World } from './crash-everywhere.ts'
import { memoryLog } from './memory-log.ts'
import { type MemorySink, memorySink } from './memory-sink.ts'
import { memorySource } from './memory-source.ts'
import { quickClock } from './quick-clock.ts'

interface Change {
  readonly log?: (log: CommitLog) => Partial<CommitLog>
  readonly writer?: (writer: Writer<Event>, sink: MemorySink<Event>) => Partial<Writer<Event>>
  readonly world?: Partial<World>
}

/** A log whose head says another position than was committed: the process after a crash reads on from there. */
const headAt =
  (move: number) =>
  (log: CommitLog): Partial<CommitLog> => ({
    head: async (task) => {
      const head = await log.head(task)
      const body = head?.body as { to: number; ended: boolean } | undefined
      return head && body && !body.ended ? { ...head, body: { ...body, to: Math.min(3, Math.max(0, body.to + move)) } } : head
    },
  })

/** A pipeline of three rows in ranges of one, right but for what is changed about its parts. */
const options = ({ log: changeLog, writer, world }: Change = {}): CrashEverywhereOptions<World> => ({
  world: () => {
    const all = memorySink<Event>('all')
    const log = memoryLog()
    const open: Sink<Event>['open'] = async (...at) => {
      const right = await all.open(...at)
      return { ...right, ...writer?.(right, all) }
    }
    return {
      source: memorySource({ schema: Event, partitions: [messages([1, 2, 3])], chunk: 1 }),
      log: { ...log, ...changeLog?.(log) },
      // Inherits, since what a reader finds is asked of the sink each time.
      sinks: { all: Object.assign(Object.create(all), { open }) as Sink<never> },
      ...world,
    }
  },
  pipeline: ({ source, log, sinks }) =>
    pipeline({
      name: 'crashing',
      source,
      log,
      clock: quickClock,
      range: { rows: 1 },
      flows: (rows) => ({ all: rows.pipe(into(sinks.all as Sink<unknown>)) }),
    }),
})

it('crashes at each step, before and after, and tells the steps', async () => {
  const report = await crashEverywhere(options())
  expect(report.runs).toBe(1 + 2 * report.steps.length)
  expect(report.crashes).toBe(report.runs - 1)
  for (const step of ['source: describe', 'all: stage memory-0/1', 'log: append memory-0/1', 'all: publish memory-0'])
    expect(report.steps).toContain(step)
})

it('tries only the crashes that are asked for, the second one in the process after the first', async () => {
  expect(await crashEverywhere({ ...options(), crashes: [] })).toMatchObject({ runs: 1, crashes: 0 })
  const twice = [
    [
      { step: 9, when: 'after' },
      { step: 4, when: 'before' },
    ],
  ] as const
  expect(await crashEverywhere({ ...options(), crashes: twice })).toMatchObject({ runs: 2, crashes: 2 })
  // No run has so many steps: nothing was tried, and the report says so.
  expect(await crashEverywhere({ ...options(), crashes: [[{ step: 10_000, when: 'after' }]] })).toMatchObject({ runs: 2, crashes: 0 })
})

it('tries a passing fault, which a pipeline gets over by itself', async () => {
  const { steps } = await crashEverywhere({ ...options(), crashes: [] })
  const append = steps.indexOf('log: append memory-0/1') + 1
  const crashes = (['before', 'after'] as const).map((when) => [{ step: append, when, how: 'fault' as const }])
  expect(await crashEverywhere({ ...options(), crashes })).toMatchObject({ runs: 3, crashes: 2 })
})

it('names each step twice, before it acts and after', () => {
  expect([...eachStep(2)].flat()).toEqual([
    { step: 1, when: 'before', how: 'death' },
    { step: 1, when: 'after', how: 'death' },
    { step: 2, when: 'before', how: 'death' },
    { step: 2, when: 'after', how: 'death' },
  ])
  expect([...eachStep(1, 'fault')].flat().map(({ how }) => how)).toEqual(['fault', 'fault'])
  expect([...eachStep(0)]).toEqual([])
})

describe('finds', () => {
  it.each<[string, Change, string]>([
    ['a row that is lost after a crash', { log: headAt(1) }, 'all: missing: '],
    ['a row that comes twice after a crash', { log: headAt(-1) }, 'all: too many: '],
    ['staging that nobody sweeps', { writer: () => ({ sweep: async () => {} }) }, 'left behind: all: memory-0/'],
    [
      'rows that go again',
      {
        writer: (right, sink) => ({
          publish: async (staged) => {
            await right.publish(staged)
            if (sink.files.size > 2) (sink.files as Map<string, unknown>).delete('memory-0-1')
          },
        }),
      },
      'no longer visible: all: ',
    ],
    [
      'a log that loses a record',
      { log: (log) => ({ append: async (task, record) => (record.n === 2 ? 'appended' : log.append(task, record)) }) },
      'which the head of memory-0 does not name',
    ],
    ['staging under a name of its own', { world: { leftBehind: () => ['part-7'] } }, 'left behind: part-7'],
    [
      'outputs that differ each time',
      {
        world: {
          outputs: (() => {
            let n = 0
            return () => ({ all: { rows: [{ n: n++ }] } })
          })(),
        },
      },
      'n":',
    ],
  ])('%s', async (_what, change, says) => {
    await expect(crashEverywhere(options(change))).rejects.toThrow(says)
  })

  it('a pipeline that fails by itself, and shows its error', async () => {
    const broken = () => Promise.reject(new Error('no room'))
    const failing = { ...options(), pipeline: () => ({ run: broken, backfill: broken, personalData: () => ({ pipeline: 'lake', places: [] }) }) }
    await expect(crashEverywhere(failing)).rejects.toThrow(/no crash at all:\n {2}the pipeline failed by itself: Error: no room/)
  })

  it('a pipeline that does not come to an end', async () => {
    const hanging = {
      ...options(),
      timeout: 20,
      pipeline: () => ({
        run: () => new Promise<never>(() => {}),
        backfill: () => new Promise<never>(() => {}),
        personalData: () => ({ pipeline: 'lake', places: [] }),
      }),
    }
    await expect(crashEverywhere(hanging)).rejects.toThrow('it did not come to an end within 20 ms')
  })

  it('one that changes something when all is done', async () => {
    let runs = 0
    const { pipeline: right, ...rest } = options()
    const again: CrashEverywhereOptions<World>['pipeline'] = (parts) => {
      const pipe = right(parts)
      return {
        ...pipe,
        run: async (how) => {
          const summary = await pipe.run(how)
          if (runs++ === 1) {
            const writer = await (parts.sinks.all as Sink<Event>).open({ logId: 'x', task: 'memory-0', flow: 'all' }, Event)
            await writer.stage(99, 'z', { from: 0, to: 0, empty: true }).then((staged) => writer.publish(staged ?? {}))
          }
          return summary
        },
      }
    }
    await expect(crashEverywhere({ ...rest, pipeline: again, crashes: [] })).rejects.toThrow('which the head of memory-0 does not name')
  })
})

it('tells where it crashed, and the calls that led there', async () => {
  const sweepless = options({ writer: () => ({ sweep: async () => {} }) })
  const { steps } = await crashEverywhere({ ...options(), crashes: [] })
  const stage = steps.indexOf('all: stage memory-0/1') + 1
  await expect(crashEverywhere({ ...sweepless, crashes: [[{ step: stage, when: 'after' }]] })).rejects.toThrow(
    new RegExp(`death after step ${stage}:[\\s\\S]*The calls:[\\s\\S]*all: stage memory-0/1\\n {2}\\*\\*\\* here\\n {2}--- process 2`),
  )
})
