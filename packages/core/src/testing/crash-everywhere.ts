import type { Pipeline } from '../pipeline/pipeline.ts'
import { type Crash, Crasher, type Parts } from './crasher.ts'
import { differences, type Outputs, outputsOf, vanished } from './outputs.ts'

/** What outlives a process: a fresh one for each run of the trace. */
export interface World extends Parts {
  /** What a reader finds, by output; by default the rows of the sinks, for sinks that have `rows` such as `memorySink`. */
  readonly outputs?: () => Outputs | Promise<Outputs>
  /** What is left of staging; by default the `staged` of the sinks. */
  readonly leftBehind?: () => readonly string[] | Promise<readonly string[]>
}

/** Settings of `crashEverywhere`. */
export interface CrashEverywhereOptions<W extends World> {
  /** Makes a new world, the same each time: its source must give the same rows, and come to an end. */
  world: () => W | Promise<W>
  /** Makes the pipeline over these parts; called anew after each crash. */
  pipeline: (parts: Pick<W, 'source' | 'log' | 'sinks'>) => Pipeline
  /** What goes wrong: one run for each; within a run the first crash hits the first process, the second the next one. By default each step, before and after it acts. */
  crashes?: Iterable<readonly Crash[]>
  /** Milliseconds that one process may take; 30 seconds by default. */
  timeout?: number
}

/** What was tried. */
export interface CrashReport {
  /** Calls of the run without a crash, in words. */
  readonly steps: readonly string[]
  readonly runs: number
  /** Crashes that came to pass. */
  readonly crashes: number
}

/**
 * Runs a pipeline once, then again and again with a crash, each time in another place, followed by a new pipeline on what the crash left:
 * the outputs must be the same each time (laws 1 to 5).
 *
 * Outputs are compared as sets of rows; rows with a `revision` by their last one. Checked as well: nothing is published before its
 * record, nothing that was visible goes, nothing staged is left in the end, and, after every third run, another process that finds all done
 * changes nothing: what a recovery leaves must be good for the next one.
 *
 * @throws an `Error` with what differs and the calls that led there
 * @example
 * await crashEverywhere({
 *   world: () => ({ source: memorySource({ schema: Ticket, partitions }), log: memoryLog(), sinks: { all: memorySink('all') } }),
 *   pipeline: ({ source, log, sinks }) => pipeline({ name: 't', source, log, clock: quickClock, flows: (t) => ({ all: t.pipe(into(sinks.all)) }) }),
 * }) // { steps: ['source: describe', …], runs: 81, crashes: 80 }
 */
export async function crashEverywhere<W extends World>(options: CrashEverywhereOptions<W>): Promise<CrashReport> {
  const first = await runTrace(options, [], true)
  const expected = first.outputs
  let runs = 1
  let crashes = 0
  for (const plan of options.crashes ?? eachStep(first.calls.length)) {
    const { outputs, left, hits, calls } = await runTrace(options, plan, runs % 3 === 0)
    const wrong = [...differences(expected, outputs), ...left.map((name) => `left behind: ${name}`)]
    if (wrong.length > 0) throw violation(plan, wrong, calls)
    runs++
    crashes += hits
  }
  return { steps: first.calls, runs, crashes }
}

/** Yields a crash for each step: one before it acts, and one after. */
export function* eachStep(steps: number, how: Crash['how'] = 'death'): Generator<Crash[]> {
  for (let step = 1; step <= steps; step++) for (const when of ['before', 'after'] as const) yield [{ step, when, how: how ?? 'death' }]
}

async function runTrace<W extends World>({ world, pipeline, timeout = 30_000 }: CrashEverywhereOptions<W>, plan: readonly Crash[], again: boolean) {
  const made = await world()
  const calls: string[] = []
  let hits = 0
  let seen: Outputs = {}
  for (let process = 0; ; process++) {
    const crasher = new Crasher(plan[process])
    const error = await inTime(pipeline(crasher.wrap(made)).run({ handleSignals: false }), timeout)
    calls.push(...(process > 0 ? [`--- process ${process + 1}`] : []), ...crasher.calls, ...(crasher.hit ? ['*** here'] : []))
    if (crasher.hit) hits++
    const outputs = await (made.outputs?.() ?? outputsOf(made.sinks))
    const wrong = [...crasher.violations, ...vanished(seen, outputs).map((row) => `no longer visible: ${row}`)]
    if (error && !crasher.hit) wrong.push(`the pipeline failed by itself: ${error instanceof Error ? error.stack : String(error)}`)
    if (wrong.length > 0) throw violation(plan, wrong, calls)
    seen = outputs
    // A fault may have been fixed by the pipeline itself; a dead process never ended, even where its last call was all it missed.
    if (error || crasher.dead) continue
    const wrongAgain = again ? await runAgain(made, pipeline, timeout, outputs) : []
    if (wrongAgain.length > 0) throw violation(plan, wrongAgain, [...calls, '--- one more process'])
    return { outputs, left: await leftOf(made), hits, calls }
  }
}

/** Starts one more process after all is done: it recovers what the last one left, finds nothing to do, and must change nothing. */
async function runAgain<W extends World>(
  world: W,
  pipeline: CrashEverywhereOptions<W>['pipeline'],
  timeout: number,
  before: Outputs,
): Promise<string[]> {
  const crasher = new Crasher()
  const error = await inTime(pipeline(crasher.wrap(world)).run({ handleSignals: false }), timeout)
  const after = await (world.outputs?.() ?? outputsOf(world.sinks))
  return [
    ...(error ? [`the pipeline, started once more, failed: ${error instanceof Error ? error.stack : String(error)}`] : []),
    ...crasher.violations,
    ...differences(before, after).map((row) => `started once more: ${row}`),
  ]
}

async function inTime(run: Promise<unknown>, timeout: number): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not come to an end within ${timeout} ms`)), timeout)
  })
  try {
    await Promise.race([run, late])
    return null
  } catch (error) {
    return error
  } finally {
    clearTimeout(timer)
  }
}

async function leftOf(world: World): Promise<readonly string[]> {
  if (world.leftBehind) return world.leftBehind()
  return Object.entries(world.sinks as Record<string, { staged?: readonly string[] }>).flatMap(([name, { staged = [] }]) =>
    staged.map((file) => `${name}: ${file}`),
  )
}

function violation(plan: readonly Crash[], wrong: readonly string[], calls: readonly string[]): Error {
  const where = plan.map(({ step, when, how = 'death' }) => `${how} ${when} step ${step}`).join(', then ') || 'no crash at all'
  const list = (lines: readonly string[], most: number) =>
    lines.length > most ? [...lines.slice(0, most), `… and ${lines.length - most} more`] : lines
  return new Error(`crashEverywhere, ${where}:\n  ${list(wrong, 20).join('\n  ')}\nThe calls:\n  ${list(calls, 400).join('\n  ')}`)
}
