import type { OperatorFunction } from 'rxjs'
import { TicketsError } from '../base/errors.ts'
import type { Batch, Schema } from '../batch/batch.ts'
import { IndexedRandom } from '../tickets/generator/random.ts'
import { finalWords } from './check-operator.ts'
import { sampleRows } from './sample-rows.ts'
import { Harness, type HarnessOptions } from './scenario/harness.ts'

/** Settings of `forAllSplits`. */
export interface SplitOptions<A> extends Pick<HarnessOptions, 'maxOutOfOrderness'> {
  /** The rows to split, in order; by default 32 that the schema tells, some of them out of order, late, or repeated. */
  rows?: readonly A[]
  /** How many splits to try; 1,000 by default. */
  splits?: number
  /** A whole number that decides the splits: the same one gives the same splits; 1 by default. */
  seed?: number
}

/** What was tried. */
export interface SplitReport {
  readonly splits: number
  /** Batches that the operator was given, over all splits; empty ones included. */
  readonly batches: number
  readonly commits: number
  readonly crashes: number
  /** Rows that came out of one run, late rows included. If it is 0, the splits had nothing to change. */
  readonly results: number
}

/** What can stand between two rows: a new batch, an empty one, a watermark that says nothing new, a commit, a crash. */
type Mark = '|' | 'empty' | 'watermark' | 'commit' | 'crash'
type Step<A> = Mark | { readonly row: A }

const MARKS: readonly Mark[] = ['empty', 'watermark', 'commit', 'crash']
/** Rows of a batch, on average; a split has one of them. */
const LENGTHS = [1, 2, 4, 8, 16]
const DEFAULT_ROWS = 32
/** Runs that may go into making a failure small. */
const MOST_SHRINKS = 2_000

const LAW =
  'Law 2, determinism: what comes out depends only on the rows that go in, not on how they come in batches. ' +
  'Keep what an operator remembers in a statefulOperator or keyedOperator'

/**
 * Runs an operator or a window over the same rows in many random splits into batches, with empty batches, repeated watermarks, commits and
 * crashes between, and compares what comes out with one batch. It takes some seconds; `checkOperator` tries seven fixed splits, which is faster.
 *
 * @returns what was tried, as counts
 * @throws an `Error` with the smallest split that it found, the first row that differs, and the law; `OPTION_INVALID` for no rows or no splits
 * @example
 * forAllSplits(Ticket, vip) // { splits: 1000, batches: 14_860, commits: 1_435, crashes: 1_820, results: 12 }
 */
export function forAllSplits<A, B>(schema: Schema<A>, operator: OperatorFunction<Batch<A>, Batch<B>>, options: SplitOptions<A> = {}): SplitReport {
  const { rows = sampleRows(schema).slice(0, DEFAULT_ROWS), splits = 1_000, seed = 1, ...time } = options
  if (!(Number.isSafeInteger(splits) && splits > 0)) throw new TicketsError('OPTION_INVALID', `splits is a whole number from 1, got ${splits}`)
  if (!Number.isSafeInteger(seed)) throw new TicketsError('OPTION_INVALID', `seed is a whole number, got ${seed}`)
  if (rows.length === 0) throw new TicketsError('OPTION_INVALID', 'there are no rows to split: give forAllSplits { rows: […] } with one or more')
  const run = (steps: readonly Step<A>[]) => outcomeOf(schema, operator, steps, time)
  const whole = rows.map((row) => ({ row }))
  const expected = run(whole)
  if (expected.error) throw expected.error
  const again = difference(expected, run(whole))
  if (again) throw new Error(`the operator gives other rows when the same batch comes again\n\n${linesOf(again, [])}\n${LAW}`)
  const random = new IndexedRandom(seed)
  const report = { splits, batches: 0, commits: 0, crashes: 0, results: expected.words.length }
  for (let i = 0; i < splits; i++) {
    random.seek(i)
    const steps = splitOf(rows, random)
    const actual = run(steps)
    report.batches += actual.batches
    for (const step of steps) {
      if (step === 'commit') report.commits++
      if (step === 'crash') report.crashes++
    }
    const found = difference(expected, actual)
    if (found) throw failure(`split ${i + 1} of ${splits}, seed ${seed}`, ...smallest(run, steps, found))
  }
  return report
}

function splitOf<A>(rows: readonly A[], random: IndexedRandom): Step<A>[] {
  const length = LENGTHS[random.below(LENGTHS.length)] ?? 1
  const eagerness = random.below(4)
  const marks = () => {
    const found: Mark[] = []
    while (random.below(6) < eagerness) found.push(MARKS[random.below(MARKS.length)] ?? '|')
    return found
  }
  const ends = () => random.below(length) === 0
  return [...marks(), ...rows.flatMap((row): Step<A>[] => [{ row }, ...(ends() ? (['|', ...marks()] as const) : [])]), ...marks()]
}

/** What a run gave: rows as sorted text, late ones marked, or the error that it threw. */
interface Outcome {
  readonly words: readonly string[]
  readonly error?: Error
  readonly batches: number
}

function outcomeOf<A, B>(
  schema: Schema<A>,
  operator: OperatorFunction<Batch<A>, Batch<B>>,
  steps: readonly Step<A>[],
  time: HarnessOptions,
): Outcome {
  let batches = 0
  try {
    const harness = new Harness(schema, operator, time)
    const emitted: B[] = []
    const late: string[] = []
    const take = (given: ReturnType<typeof harness.push>) => {
      emitted.push(...given.emitted)
      late.push(...given.late.map((row) => `late ${JSON.stringify(row)}`))
    }
    let open: A[] = []
    const push = (rows: readonly A[]) => {
      batches++
      take(harness.push(rows, { commit: false }))
    }
    const flush = () => {
      const rows = open
      open = []
      if (rows.length > 0) push(rows)
    }
    for (const step of steps) {
      if (typeof step === 'object') {
        open.push(step.row)
        continue
      }
      flush()
      const watermark = harness.watermarkOf(0)
      if (step === 'empty') push([])
      else if (step === 'watermark' && Number.isFinite(watermark)) take(harness.watermark(watermark, { commit: false }))
      else if (step === 'commit') take(harness.commit())
      else if (step === 'crash') take(harness.restart())
    }
    flush()
    take(harness.end())
    return { words: [...finalWords(emitted), ...late.sort()], batches }
  } catch (error) {
    return { words: [], error: error instanceof Error ? error : new Error(String(error), { cause: error }), batches }
  }
}

/** The first row in which two runs differ, as each of them gives it. */
interface Difference {
  readonly expected: string
  readonly actual: string
  readonly error?: Error
}

function difference(expected: Outcome, actual: Outcome): Difference | null {
  if (expected.error) return null
  const at = Array.from({ length: Math.max(expected.words.length, actual.words.length) }, (_, i) => i).find(
    (i) => expected.words[i] !== actual.words[i],
  )
  if (actual.error) return { expected: 'no error', actual: actual.error.message, error: actual.error }
  return at === undefined ? null : { expected: expected.words[at] ?? 'no row', actual: actual.words[at] ?? 'no row' }
}

/** Leaves steps out, large pieces first, as long as what is left fails; rows go out of both runs. Begins again until nothing more can go. */
function smallest<A>(run: (steps: readonly Step<A>[]) => Outcome, steps: readonly Step<A>[], found: Difference): [readonly Step<A>[], Difference] {
  let [least, shown, left] = [steps, found, MOST_SHRINKS]
  for (let before = Number.POSITIVE_INFINITY; least.length < before; ) {
    before = least.length
    for (let size = before >> 1; size > 0; size >>= 1) {
      for (let from = 0; from < least.length && left > 0; left--) {
        const fewer = [...least.slice(0, from), ...least.slice(from + size)]
        const smaller = difference(run(fewer.filter((step) => typeof step === 'object')), run(fewer))
        if (smaller) [least, shown] = [fewer, smaller]
        else from += size
      }
    }
  }
  return [least, shown]
}

function failure<A>(which: string, steps: readonly Step<A>[], found: Difference): Error {
  const how = found.error ? 'fails' : 'gives other rows'
  const what = `the operator ${how} when the same rows come in other batches: ${which}, reduced to ${steps.length} steps`
  return new Error(`${what}\n\n${linesOf(found, steps)}\n${LAW}`, found.error && { cause: found.error })
}

/** Writes a difference and its split down, with rows by their numbers. */
function linesOf<A>({ expected, actual }: Difference, steps: readonly Step<A>[]): string {
  const rows = steps.filter((step) => typeof step === 'object')
  let n = 0
  const split = steps.map((step) => (typeof step === 'object' ? `row${++n}` : step)).join(' ')
  const lines = [
    ['in one batch', expected],
    [steps.length > 0 ? 'in this split' : 'again', actual],
    ...(steps.length > 0 ? [['the split', split]] : []),
    ...rows.map(({ row }, i) => [`row${i + 1}`, JSON.stringify(row)]),
  ]
  return lines.map(([name = '', text]) => `  ${name.padEnd(15)}${text}\n`).join('')
}
