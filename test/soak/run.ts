import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Verdict } from '../crash/check.ts'
import { chaos, compactAll, type Mishap } from './chaos.ts'
import type { Leak } from './config.ts'
import { filesOf } from './files.ts'
import { type Bound, bounds, type Judged, type Judgement, judge, type Sample } from './judge.ts'
import type { Member } from './member-process.ts'
import { withSetting } from './setting.ts'

/** What the rest of the topic takes at most, once nothing is produced any more. */
const DRAIN_MS = 600_000

export interface SoakOptions {
  readonly seconds: number
  /** Messages a second. */
  readonly rate: number
  /** Seconds of a round of mishaps, and between two looks. */
  readonly round: number
  readonly every: number
  /** Milliseconds of a range, and between compactions. */
  readonly range: number
  readonly compactEvery: number
  /** From which share of the time on things have to be flat, and how flat. */
  readonly judgeFrom: number
  readonly bounds?: Readonly<Record<Judged, Bound>>
  readonly leak?: readonly Leak[]
  readonly say?: (line: string) => void
}

export interface SoakResult {
  readonly seconds: number
  readonly rate: number
  readonly produced: number
  readonly verdict: Verdict
  readonly judgements: readonly Judgement[]
  readonly samples: readonly Sample[]
  readonly mishaps: readonly Mishap[]
  /** What must not have happened; empty when all is well. */
  readonly failures: readonly string[]
}

/** Runs a pipeline at a steady rate while things happen to it, then compares what it wrote with what was produced, and judges whether it was flat. */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  const failures: string[] = []
  const stop = new AbortController()
  const failed = (why: string) => {
    failures.push(why)
    stop.abort()
  }
  return withSetting(options, failed, async ({ broker, bench, topic, topics, home, members, start, produce }) => {
    const { seconds, rate, leak = [] } = options
    const first = start({ leak })
    await first.joined()

    const clock = new Clock()
    const { samples, ended: looked } = look(first, members, home, options, clock, stop.signal)
    looked.catch((error: unknown) => failed(`cannot look: ${String(error)}`))
    const produced = produce({ rate, seconds })
    produced.catch((error: Error) => failed(error.message)).finally(() => stop.abort())
    const happened: Mishap[] = []
    await chaos({ home, broker, first, join: start }, options.round, stop.signal, (what) => {
      options.say?.(`${clock.seconds} s: ${what}`)
      happened.push({ at: clock.seconds, what })
    }).catch((error: unknown) => failed(`${happened.at(-1)?.what}: ${String(error)}`))
    await looked.catch(() => {})
    if (failures.length > 0) throw new Error(failures.join('; '))

    await first.stop()
    // Windows that are open are emitted at the end of a bounded run.
    await start({ until: 'now', group: `${topic}-end` }).done(DRAIN_MS)
    await compactAll(home)
    const inTopic = await bench.learn(topic)
    const verdict = await bench.checker.check(home, topic, await bench.tell(topics), { lake: join(home, 'lake') })
    const judgements = judge(samples, options.judgeFrom, options.bounds ?? bounds)
    if (inTopic !== (await produced)) failures.push(`${await produced} messages were produced, and the topic holds ${inTopic}`)
    failures.push(...wrongIn(verdict), ...judgements.filter(({ isFlat }) => !isFlat).map(wrongWith))
    return { seconds, rate, produced: await produced, verdict, judgements, samples, mishaps: happened, failures }
  }).finally(() => stop.abort())
}

class Clock {
  readonly #began = performance.now()

  get seconds(): number {
    return Number(((performance.now() - this.#began) / 1000).toFixed(1))
  }
}

/** Looks again and again, until it is stopped. The backlog is that of the whole group. */
function look(
  first: Member,
  members: readonly Member[],
  home: string,
  { every, say }: SoakOptions,
  clock: Clock,
  signal: AbortSignal,
): { readonly samples: readonly Sample[]; readonly ended: Promise<void> } {
  const samples: Sample[] = []
  const sampleAll = async () => {
    const [own, ...others] = await Promise.all(members.map((member) => (member === first ? first.sample() : member.sample().catch(() => null))))
    if (!own) throw new Error('the first member is not there')
    const backlog = others.reduce((sum, other) => sum + (other?.backlog ?? 0), own.backlog)
    samples.push({ at: clock.seconds, ...own, backlog, ...filesOf(home) })
    if (samples.length % 10 === 0) say?.(JSON.stringify(samples.at(-1)))
  }
  const looking = async () => {
    while (!signal.aborted) {
      await sampleAll()
      await sleep(every * 1000, undefined, { signal }).catch(() => {})
    }
  }
  return { samples, ended: looking() }
}

const wrongWith = ({ what, growth, bound }: Judgement) => `${what} grew by ${Math.round(growth)}, and ${Math.round(bound)} is allowed`

function wrongIn({ details, rows, ...counts }: Verdict): string[] {
  const wrong = Object.entries(counts).filter(([, n]) => n > 0)
  return wrong.length === 0 ? [] : [...wrong.map(([what, n]) => `${what}: ${n}`), ...details]
}
