import { parseArgs } from 'node:util'
import { contestants } from '../contestants.ts'
import { contestantsVersus, peers } from './versus.ts'

/** So few tickets that they show what a process takes to start: compare the seconds with start. */
export const START_UP = 10_000

export interface BenchOptions {
  readonly only: readonly string[]
  /** Print the ratios to peers instead of tables of rates. */
  readonly vs: boolean
  readonly rows: readonly number[]
  readonly repeats: number
  readonly timeout: number
  readonly json: boolean
  /** Measure all, keep the results and write docs/performance.md and its pictures. */
  readonly record: boolean
  /** Keep the results of these contestants beside those of others that were measured on the same commit. */
  readonly keep: boolean
  /** With `record`: 50 million tickets too. */
  readonly long: boolean
}

const help = `pnpm bench: peers side by side, one process at a time, outputs checked against DuckDB's
  --only a,b       these contestants: ${contestants.map(({ name }) => name).join(', ')}
  --vs a,b         ours beside these peers, as ratios of the runs of one turn: ${Object.keys(peers).join(', ')}
  --rows 1000000   tickets; several sizes with commas
  --repeats 5      runs of each, in turns
  --quick          100,000 tickets, one run of each
  --timeout 600    seconds that one run may take
  --json           the result as one line of JSON, progress on stderr
  --record         10,000 (a cold start), 1 and 5 million, steps, growth and latency; keeps bench/results and writes docs/performance.md
  --keep           keeps the results of these contestants and sizes beside those that were kept on the same commit, and writes the page
  --long           with --record: growth to 50 million tickets (20 GB of disk, half an hour)`

function counts(name: string, given: string): number[] {
  const numbers = given.split(',').map((part) => Number(part.replaceAll('_', '')))
  if (numbers.every((n) => Number.isSafeInteger(n) && n > 0)) return numbers
  throw new Error(`--${name} is a whole number from 1, got ${given}`)
}

function namesOf(given: string | undefined): string[] {
  if (given === undefined) return contestants.map(({ name }) => name)
  const names = given.split(',').map((name) => name.trim())
  const unknown = names.filter((name) => !contestants.some((one) => one.name === name))
  if (unknown.length > 0)
    throw new Error(`no contestant is called ${unknown.join(', ')}: there are ${contestants.map(({ name }) => name).join(', ')}`)
  return names
}

/** Reads the command line; null when it asked for help. Throws what to do in one line. */
export function benchOptions(args: readonly string[]): BenchOptions | null {
  const { values } = parseArgs({
    // pnpm hands on the `--` of `pnpm bench -- --quick`.
    args: args.filter((arg) => arg !== '--'),
    options: {
      only: { type: 'string' },
      vs: { type: 'string' },
      rows: { type: 'string' },
      repeats: { type: 'string' },
      timeout: { type: 'string', default: '600' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      record: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      long: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(help)
    return null
  }
  const { quick, record, keep, json, long, vs } = values
  if (vs !== undefined && values.only !== undefined) throw new Error('--vs and --only both choose contestants: give one of them')
  const rows = values.rows ?? (quick ? '100000' : record ? `${START_UP},1000000,5000000` : '1000000')
  return {
    only: vs === undefined ? namesOf(values.only) : contestantsVersus(vs),
    vs: vs !== undefined,
    rows: counts('rows', rows),
    repeats: counts('repeats', values.repeats ?? (quick ? '1' : '5'))[0] as number,
    timeout: (counts('timeout', values.timeout)[0] as number) * 1000,
    json,
    record,
    keep,
    long,
  }
}
