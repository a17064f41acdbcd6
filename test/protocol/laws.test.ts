import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MERGE } from '../../packages/core/src/records/merge-record.ts'
import type { TaskRecord } from '../../packages/core/src/records/task-record.ts'
import { crashEverywhere, eachStep } from '../../packages/core/src/testing/crash-everywhere.ts'
import type { Crash } from '../../packages/core/src/testing/crasher.ts'
import { differences, outputsOf } from '../../packages/core/src/testing/outputs.ts'
import { type LakeOptions, lake, memoryWorld, messages, type Script, scripts, type WorldOptions } from '../../packages/core/test/lake.ts'

/** Late rows, holes, rejected messages, windows that only the end closes, a partition without rows. */
const everything: Script[] = [[1, 4, 2, null, 15, 3, 'not JSON', 31, 30, 29, 55], [], [2, 12, '{"no":1}', 11, 44, 45, 8]]

interface Trace extends WorldOptions {
  readonly options?: LakeOptions
}

const crash = (partitions: readonly Script[], crashes?: Iterable<readonly Crash[]>, { options, ...source }: Trace = {}) =>
  crashEverywhere({
    world: () => memoryWorld(partitions, source),
    pipeline: (parts) => lake(parts, options),
    ...(crashes && { crashes }),
  })

async function run(partitions: readonly Script[], { options, ...source }: Trace = {}) {
  const world = memoryWorld(partitions, source)
  const summary = await lake(world, options).run({ handleSignals: false })
  return { ...world, summary, outputs: outputsOf(world.sinks) }
}

/** Where to crash, as fractions of the way, since how long that is depends on the rows. */
const places = fc.array(fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), when: fc.constantFrom('before' as const, 'after' as const) }), {
  minLength: 1,
  maxLength: 3,
})

describe('law 1: a run with crashes commits what a run without crashes commits, each row once', () => {
  test('a crash at each step, before it acts and after', { timeout: 180_000 }, async () => {
    const report = await crash(everything)
    expect(report.crashes).toBeGreaterThan(2 * report.steps.length * 0.9)
    for (const what of ['log: append', 'log: latest', 'all: stage', 'windows: publish merge', 'dead: sweep', 'late: write', 'source: read'])
      expect(
        report.steps.some((step) => step.startsWith(what)),
        what,
      ).toBe(true)
  })

  test('a passing fault at each step, its work done or not', { timeout: 180_000 }, async () => {
    const { steps } = await crash(everything, [])
    expect((await crash(everything, eachStep(steps.length, 'fault'))).crashes).toBeGreaterThan(2 * steps.length * 0.9)
  })

  test('a crash at each step of the recovery from a crash', { timeout: 180_000 }, async () => {
    const small: Script[] = [[1, 12, 3], [5]]
    const { steps } = await crash(small, [], { chunk: 1, options: { range: { rows: 1 } } })
    const middle = steps.findIndex((step) => step.startsWith('log: append memory-0/1')) + 1
    const twice = [middle].flatMap((step) =>
      [...eachStep(Math.ceil(steps.length * 0.7))].map(([next]): Crash[] => [{ step, when: 'after' }, next as Crash]),
    )
    expect((await crash(small, twice, { chunk: 1, options: { range: { rows: 1 } } })).crashes).toBeGreaterThan(twice.length * 1.5)
  })

  test('bounded runs: windows shown at the end of each', { timeout: 180_000 }, async () => {
    for (const stagesAhead of [true, false]) await crash([[1, 4, 12, 3, 25], [2]], undefined, { until: 'now', stagesAhead })
  })

  test('any rows, partitions, chunks, ranges, and up to three crashes', { timeout: 180_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        scripts({ partitions: 3, rows: 10 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 6 }),
        fc.constantFrom('complete' as const, 'now' as const),
        fc.boolean(),
        places,
        async (partitions, chunk, rows, until, stagesAhead, crashes) => {
          const trace = { chunk, until, stagesAhead, options: { range: { rows } } }
          const { steps } = await crash(partitions, [], trace)
          await crash(partitions, [crashes.map(({ at, when }) => ({ step: 1 + Math.floor(at * steps.length), when }))], trace)
        },
      ),
      { numRuns: 60, interruptAfterTimeLimit: 20_000 },
    )
  })
})

describe("law 2: a task's rows are a function of its partition's bytes alone", () => {
  test('chunks and ranges of any size, and stopping and continuing, change nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        scripts({ partitions: 2, rows: 14 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 20 }),
        async (partitions, chunk, rows) => {
          const one = await run(partitions, { chunk: 1000, options: { range: { rows: 1000 } } })
          const other = await run(partitions, { chunk, options: { range: { rows } } })
          expect(differences(one.outputs, other.outputs)).toEqual([])
        },
      ),
      { numRuns: 40, interruptAfterTimeLimit: 15_000 },
    )
  })

  test('other partitions change nothing but which windows their rows are in', async () => {
    const script = everything[0] as Script
    const [alone, together] = [await run([script]), await run(everything)]
    const own = (rows: readonly object[]) => rows.filter((row) => (row as { who: number }).who < 1000)
    expect(own(together.sinks.all.rows)).toEqual(alone.sinks.all.rows)
    expect(together.sinks.late.rows.filter(({ position, row }) => position < 11 && JSON.parse(row).who < 1000)).toEqual(alone.sinks.late.rows)
  })
})

describe('law 3: a watermark never goes back, a closed window never counts again', () => {
  test('over records, crashes and restarts', async () => {
    await fc.assert(
      fc.asyncProperty(scripts({ partitions: 2, rows: 14 }), fc.integer({ min: 1, max: 4 }), async (partitions, rows) => {
        const { log } = await run(partitions, { chunk: 1, options: { range: { rows } } })
        for (const [task, records] of log.records) {
          if (task === MERGE) continue
          let last = Number.NEGATIVE_INFINITY
          const closed = new Map<string, number>()
          for (const [n, record] of [...records].sort(([a], [b]) => a - b)) {
            const { watermark, partials } = record.body as unknown as TaskRecord
            expect(watermark ?? Number.NEGATIVE_INFINITY).toBeGreaterThanOrEqual(last)
            last = watermark ?? last
            for (const { key, closed: isClosed, rows: counted } of Object.values(partials).flat()) {
              expect(closed.has(key), `${key} in record ${n}`).toBe(false)
              if (isClosed) closed.set(key, counted)
            }
          }
        }
      }),
      { numRuns: 40, interruptAfterTimeLimit: 15_000 },
    )
  })
})

/** What the windows must be, without any of the library: rows that are not late, by window and kind. */
function windowsByHand(partitions: readonly Script[]) {
  const windows = new Map<string, { rows: number; people: Set<number> }>()
  let late = 0
  partitions.forEach((script, p) => {
    let watermark = Number.NEGATIVE_INFINITY
    for (const { value } of messages(script, p)) {
      const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(value ?? undefined)
      if (!text.startsWith('{"at"')) continue
      const { at, kind, who } = JSON.parse(text) as { at: string; kind: string; who: number }
      const time = Date.parse(at)
      const start = Math.floor(time / 10_000) * 10_000
      if (start + 10_000 <= watermark) late++
      else {
        const key = `${new Date(start).toISOString()} ${kind}`
        const window = windows.get(key) ?? { rows: 0, people: new Set() }
        window.rows++
        window.people.add(who)
        windows.set(key, window)
      }
      watermark = Math.max(watermark, time)
    }
  })
  return { late, windows: [...windows].map(([key, { rows, people }]) => `${key} ${rows} ${people.size}`).sort() }
}

describe('laws 4 and 5: every row is accounted for, and windows are those of all rows at once', () => {
  test('against a count by hand', async () => {
    await fc.assert(
      fc.asyncProperty(
        scripts({ partitions: 3, rows: 14 }),
        fc.integer({ min: 1, max: 6 }),
        fc.constantFrom('complete' as const, 'now' as const),
        async (partitions, rows, until) => {
          const { sinks, summary } = await run(partitions, { until, options: { range: { rows } } })
          const all = partitions.flatMap((script) => script.filter((item) => item !== null))
          const rejected = all.filter((item) => typeof item === 'string').length
          expect(summary).toMatchObject({ rows: all.length, rejected, expired: 0, written: { all: all.length - rejected } })
          expect([sinks.all.rows.length, sinks.dead.rows.length]).toEqual([all.length - rejected, rejected])
          const byHand = windowsByHand(partitions)
          expect(sinks.late.rows).toHaveLength(byHand.late)
          const shown = sinks.windows.rows.map(({ window_start, kind, rows, people }) => `${window_start.toISOString()} ${kind} ${rows} ${people}`)
          expect(shown.sort()).toEqual(byHand.windows)
          expect(sinks.windows.rows.reduce((sum, window) => sum + window.rows, 0) + byHand.late).toBe(all.length - rejected)
        },
      ),
      { numRuns: 60, interruptAfterTimeLimit: 15_000 },
    )
  })
})
