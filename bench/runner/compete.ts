import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AnyContestant, Contestant, Job, Topic } from '../contestant.ts'
import { type Spread, spread } from '../shared/statistics.ts'
import { check } from './check.ts'
import { type Input, ticketsFile, warm } from './input.ts'
import { busySeconds } from './machine.ts'
import { referenceOf } from './reference.ts'
import { runOne, type Timing } from './run-one.ts'
import { Topics } from './topic.ts'

/** One run, checked. */
export interface Run extends Timing {
  readonly bytes: number
  readonly files: number
  /** Cores that others kept busy meanwhile, a Kafka broker included: 0 on a quiet machine. */
  readonly others: number
}

/** What came of one contestant at one size. */
export interface Outcome {
  readonly name: string
  readonly title: string
  readonly from: 'file' | 'kafka'
  readonly tuning: string
  readonly rows: number
  readonly versions: Readonly<Record<string, string>>
  /** `wrong`: outputs that differ from DuckDB's; `failed`: it did not finish; `missing`: it could not be installed. */
  status: 'right' | 'wrong' | 'failed' | 'missing'
  /** Why it is not right. */
  reason: string
  readonly runs: Run[]
}

export interface Competition {
  readonly contestants: readonly AnyContestant[]
  readonly rows: readonly number[]
  readonly repeats: number
  /** Milliseconds that one run may take. */
  readonly timeout: number
  /** Prints progress, a line at a time. */
  readonly say: (line: string) => void
}

/** Tickets a second, wall and processor seconds, bytes: medians and spreads over the runs. */
export interface Summary {
  readonly rate: Spread
  readonly seconds: Spread
  readonly total: Spread
  readonly cpu: Spread
  readonly memory: Spread
  readonly bytes: number
  readonly files: number
  readonly others: Spread
}

export function summarize({ rows, runs }: Outcome): Summary {
  const of = (pick: (run: Run) => number) => spread(runs.map(pick))
  return {
    rate: of(({ seconds }) => rows / seconds),
    seconds: of(({ seconds }) => seconds),
    total: of(({ total }) => total),
    cpu: of(({ cpu }) => cpu),
    memory: of(({ memory }) => memory),
    bytes: of(({ bytes }) => bytes).median,
    files: of(({ files }) => files).median,
    others: of(({ others }) => others),
  }
}

/** From Kafka a million says it all, and some peers would take an hour for more. */
const MOST_FROM_KAFKA = 1_000_000

/** Installs one after the other; those that cannot be had are outcomes already. */
async function prepare({ contestants, rows, say }: Competition): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const { name, title, from, tuning, install, most = from === 'kafka' ? MOST_FROM_KAFKA : Number.POSITIVE_INFINITY } of contestants) {
    say(`making ${name} ready`)
    const base = { name, title, from, tuning }
    const found = await install().then(
      (versions) => ({ versions, status: 'right' as const, reason: '' }),
      (error: Error) => ({ versions: {}, status: 'missing' as const, reason: error.message }),
    )
    if (found.status === 'missing') say(`${name} is missing: ${found.reason}`)
    for (const count of rows) {
      if (count <= most) outcomes.push({ ...base, rows: count, ...found, runs: [] })
      else say(`${name} does ${most.toLocaleString('en')} tickets at the most: left out at ${count.toLocaleString('en')}`)
    }
  }
  return outcomes
}

let runs = 0

/** One checked run in folders of its own, which are deleted after it. */
async function once(contestant: AnyContestant, input: Input, topics: Topics, timeout: number): Promise<{ run: Run; wrong: readonly string[] }> {
  const home = await mkdtemp(join(tmpdir(), 'tickets-bench-'))
  try {
    const job = { out: join(home, 'out'), scratch: join(home, 'scratch'), rows: input.rows, id: `bench-${process.pid}-${++runs}` }
    await mkdir(job.out)
    await mkdir(job.scratch)
    const command =
      contestant.from === 'file'
        ? await (contestant as Contestant<string>).run({ ...job, input: input.path } satisfies Job<string>)
        : await (contestant as Contestant<Topic>).run({ ...job, input: await topics.of(input) } satisfies Job<Topic>)
    const [began, busy] = [performance.now(), busySeconds()]
    const timing = await runOne(command, { timeout })
    const others = Math.max(0, (busySeconds() - busy - timing.cpu) / ((performance.now() - began) / 1000))
    const { wrong, bytes, files } = await check(job.out, await referenceOf(input.path))
    return { run: { ...timing, bytes, files, others }, wrong }
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Runs all contestants in turns, A B C A B C, so that the machine's moods meet them all, and checks each run. */
export async function compete(competition: Competition): Promise<Outcome[]> {
  const { contestants, rows, repeats, timeout, say } = competition
  const outcomes = await prepare(competition)
  const topics = new Topics()
  try {
    for (const count of rows) {
      const input = await ticketsFile({ rows: count })
      await referenceOf(input.path)
      await warm(input.path)
      for (let repeat = 1; repeat <= repeats; repeat++) {
        for (const outcome of outcomes.filter((one) => one.rows === count && one.status === 'right')) {
          const contestant = contestants.find(({ name }) => name === outcome.name) as AnyContestant
          try {
            const { run, wrong } = await once(contestant, input, topics, timeout)
            outcome.runs.push(run)
            if (wrong.length > 0) Object.assign(outcome, { status: 'wrong', reason: wrong.join('; ') })
            const rate = Math.round(count / run.seconds).toLocaleString('en')
            say(
              `${count.toLocaleString('en')} tickets, ${repeat} of ${repeats}: ${outcome.name} ${rate}/s${wrong.length > 0 ? `, wrong: ${outcome.reason}` : ''}`,
            )
          } catch (error) {
            Object.assign(outcome, { status: 'failed', reason: (error as Error).message })
            say(`${outcome.name} failed: ${outcome.reason}`)
          }
        }
      }
    }
  } finally {
    await topics.close()
  }
  return outcomes
}
