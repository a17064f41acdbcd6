import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Broker } from '../broker/broker.ts'
import { namesIn } from '../crash/records.ts'
import type { Member } from './member-process.ts'

const tickets = fileURLToPath(new URL('../../packages/cli/dist/bin.js', import.meta.url))
/** What each write to the slow sink takes, in milliseconds. */
const SLOW_MS = 400
/** How long the broker is away, in milliseconds. */
const AWAY_MS = 3_000

/** What is done to a pipeline. */
export interface Target {
  readonly home: string
  readonly broker: Broker
  readonly first: Member
  /** Starts another member of its group. */
  join(): Member
}

/** What was done, and when: seconds since the beginning. */
export interface Mishap {
  readonly at: number
  readonly what: keyof typeof mishaps
}

/** Merges the small files of each dataset by the command of an operator, beside the compactions of the sinks. */
export async function compactAll(home: string): Promise<void> {
  for (const place of ['out', 'lake'])
    for (const name of namesIn(join(home, place))) await promisify(execFile)(process.execPath, [tickets, 'compact', join(home, place, name)])
}

/** What happens in each round, in this order; `ms` is how long it may take. */
export const mishaps = {
  'broker killed and restarted': async ({ broker }: Target) => {
    await broker.kill()
    await sleep(AWAY_MS)
    await broker.restart()
  },
  'slow sink': async ({ first }: Target, ms: number) => {
    first.slow(SLOW_MS)
    await sleep(ms)
    first.slow(0)
  },
  'second member joins and leaves': async ({ join }: Target, ms: number) => {
    const second = join()
    await second.joined()
    await sleep(ms)
    await second.stop()
  },
  compaction: ({ home }: Target) => compactAll(home),
} as const

/** Does one thing after the other, round after round, until `signal` aborts. */
export async function chaos(target: Target, round: number, signal: AbortSignal, happens: (what: Mishap['what']) => void): Promise<void> {
  const all = Object.keys(mishaps) as Mishap['what'][]
  const share = (round * 1000) / all.length
  for (;;)
    for (const what of all) {
      // Half of its time is quiet.
      await sleep(share / 2, undefined, { signal }).catch(() => {})
      if (signal.aborted) return
      happens(what)
      await mishaps[what](target, share / 2)
    }
}
