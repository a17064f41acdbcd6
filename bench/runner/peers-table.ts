import type { Cell } from '../shared/print.ts'
import type { Spread } from '../shared/statistics.ts'
import { type Outcome, summarize } from './compete.ts'
import type { Circumstances } from './machine.ts'

/** What bench/results/peers.json holds. */
export interface PeersResult {
  readonly circumstances: Circumstances
  readonly repeats: number
  readonly outcomes: readonly Outcome[]
}

/** Whether it is one of ours, with whom the others are compared. */
export const isOurs = ({ title }: Outcome): boolean => title.startsWith('@tickets')

const MiB = 2 ** 20
const whole = (n: number) => Math.round(n).toLocaleString('en')
const between = (median: string, low: string, high: string) => (low === high ? median : `${median} (${low} to ${high})`)
/** The middle half of the runs. */
const ranged = ({ median, low, high }: Spread, show: (n: number) => string) => between(show(median), show(low), show(high))
/** All runs: what a process needs at the most is what its machine must have. */
const peaks = ({ median, min, max }: Spread, show: (n: number) => string) => between(show(median), show(min), show(max))

/** One row a contestant: for the terminal and for the page. Ratios are of medians, of the first of ours to the others. */
export function peersTable({ outcomes }: PeersResult, rows: number, from: 'file' | 'kafka'): Record<string, Cell>[] {
  const here = outcomes.filter((one) => one.rows === rows && one.from === from)
  const base = here.find((one) => isOurs(one) && one.runs.length > 0)
  const best = base && summarize(base)
  return here.map((one) => {
    if (one.runs.length === 0 || one.status === 'failed') return { contestant: one.title, 'tickets/s': `${one.status}: ${one.reason}` }
    const s = summarize(one)
    return {
      contestant: one.status === 'wrong' ? `${one.title}: WRONG, ${one.reason}` : one.title,
      'tickets/s': ranged(s.rate, whole),
      'ours to it': best ? `${(best.rate.median / s.rate.median).toFixed(2)} ×` : '',
      seconds: s.seconds.median.toFixed(2),
      'with start': s.total.median.toFixed(2),
      'CPU s': ranged(s.cpu, (n) => n.toFixed(n < 10 ? 2 : 1)),
      'of ours': best ? `${(s.cpu.median / best.cpu.median).toFixed(2)} ×` : '',
      'peak MiB': peaks(s.memory, (n) => whole(n / MiB)),
      'output MiB': (s.bytes / MiB).toFixed(1),
      files: Math.round(s.files),
      'others, cores': s.others.median.toFixed(1),
    }
  })
}
