import type { BucketCost, Kind } from '../buckets/cost.ts'
import { markdownTable } from '../docs.ts'
import { type Circumstances, measured } from '../runner/machine.ts'
import { quartiles } from '../shared/statistics.ts'
import type { Page } from './page.ts'

/** From the making of a ticket to the file that holds it, in milliseconds. */
export interface BucketLatency {
  readonly kind: Kind
  readonly p50: number
  readonly p99: number
  readonly max: number
}

export interface BucketsResult {
  readonly circumstances: Circumstances
  readonly store: string
  readonly cost: BucketCost
  readonly rate: number
  readonly latency: readonly BucketLatency[]
}

/** The tables of object storage. */
export function bucketsPage({ circumstances, store, cost, rate, latency }: BucketsResult): Page {
  const count = (n: number) => n.toLocaleString('en')
  return {
    marker: 'buckets',
    lines: [
      ...markdownTable(
        ['files and log', 'processor time, s', 'seconds'],
        [
          ...cost.places.map(({ kind, cpu, seconds }) => [kind, quartiles(cpu), quartiles(seconds)]),
          ['bucket to local disk', quartiles(cost.ratio), ''],
        ],
      ),
      '',
      `${cost.rounds} rounds of ${count(cost.rows)} tickets in turns, medians (25th to 75th percentile); the processor time is that of the whole process.`,
      '',
      ...markdownTable(
        ['files and log', 'p50, ms', 'p99, ms', 'max, ms'],
        latency.map(({ kind, p50, p99, max }) => [kind, p50, p99, max]),
      ),
      '',
      `From the making of a ticket to the file that holds it, ${count(rate)} tickets a second, ranges of a second. A watcher lists the bucket every 20 ms.`,
      `The store is ${store}, on the same machine. ${measured(circumstances)}.`,
    ],
    pictures: [],
  }
}
