import fc from 'fast-check'
import type { Observable } from 'rxjs'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { count, countWhere } from '../../aggregate/count.ts'
import { countDistinct } from '../../aggregate/count-distinct.ts'
import { max, min } from '../../aggregate/extreme.ts'
import { first, last } from '../../aggregate/first-last.ts'
import { mean } from '../../aggregate/mean.ts'
import { sum } from '../../aggregate/sum.ts'
import type { Batch } from '../../batch/batch.ts'
import type { LateRow } from '../../connectors/late-row.ts'
import { filterRows } from '../../operators/filter-rows.ts'
import { runningTotals } from '../../operators/running-totals.ts'
import { defineSchema } from '../../schema/define.ts'
import { instant } from '../../values/instant.ts'
import { Harness } from './harness.ts'
import { type ModelTotal, TotalsModel, type TotalsRow } from './totals-model.ts'

const Row = defineSchema(
  z.object({
    partition: z.int32(),
    key: z.string().nullable(),
    at: instant(),
    value: z.number().nullable(),
    label: z.string().nullable(),
    dropped: z.boolean(),
  }),
  { name: 'row', time: 'at' },
)
const IDLE = 60_000

const totals = (ttl: number) => (rows: Observable<Batch<z.output<typeof Row.zod>>>) =>
  rows.pipe(
    filterRows(({ dropped }) => !dropped),
    runningTotals({
      by: ['partition', 'key'],
      ...(Number.isFinite(ttl) ? { ttl } : {}),
      aggregate: {
        rows: count(),
        big: countWhere('value', 1e16),
        sum: sum('value'),
        mean: mean('value'),
        min: min('value'),
        max: max('value'),
        first: first('value'),
        last: last('label'),
        least: min('label'),
        labels: countDistinct('label'),
      },
    }),
  )

type Given = TotalsRow & { readonly rise: boolean }
type Step =
  | { readonly kind: 'push'; readonly partition: number; readonly rows: readonly Given[]; readonly commit: boolean }
  | { readonly kind: 'watermark'; readonly partition: number; readonly at: number; readonly commit: boolean }
  | { readonly kind: 'restart'; readonly which: number | 'all' }
  | { readonly kind: 'commit' | 'elapse' | 'show' }

interface Case {
  readonly partitions: number
  readonly delay: number
  readonly ttl: number
  readonly steps: readonly Step[]
}

const small = (least: number, most: number) => fc.integer({ min: least, max: most })
const row: fc.Arbitrary<Given> = fc.record({
  time: small(0, 6),
  key: fc.constantFrom('a', 'b', 'c', '', null),
  // Some sums need two doubles, some three.
  value: fc.constantFrom(0.1, 0.2, -0.3, 1, 3, 1e16, -1e16, 1e22, -1e22, null),
  label: fc.constantFrom('x', 'y', 'zé', null),
  dropped: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
  rise: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.constant(false)),
})
const rows = fc.array(row, { maxLength: 5 })
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('push' as const), partition: small(0, 2), rows, commit: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('watermark' as const), partition: small(0, 2), at: small(-5, 50), commit: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('commit' as const, 'elapse' as const, 'show' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('restart' as const), which: fc.constantFrom(0, 1, 2, 'all' as const) }) },
)
const cases: fc.Arbitrary<Case> = fc.record({
  partitions: small(1, 3),
  delay: small(0, 4),
  ttl: fc.constantFrom(1, 4, 12, Number.POSITIVE_INFINITY),
  steps: fc.array(steps, { maxLength: 16 }),
})

interface Emitted {
  readonly emitted: readonly (Omit<ModelTotal, 'at'> & { partition: number; updated_at: Date; revision: number })[]
  readonly late: readonly LateRow[]
}

const inOrder = (all: readonly ModelTotal[]) => all.map((total) => JSON.stringify(total)).sort()

/** Feeds both, and compares what is committed after every step. */
function compare({ partitions, delay, ttl, steps: all }: Case): void {
  const harness = new Harness(Row, totals(ttl), { partitions, maxOutOfOrderness: delay, idleTimeout: IDLE, keyedBy: ['key'] })
  const tasks = Array.from({ length: partitions }, () => ({
    model: new TotalsModel(delay, ttl),
    high: 0,
    late: [] as number[],
    revisions: new Map<string | null, number>(),
  }))
  const own = (partition: number) => tasks[partition % partitions] as (typeof tasks)[number]
  const take = (partition: number, { emitted, late }: Emitted) => {
    const { model, revisions, late: found } = own(partition)
    const got = emitted.filter((one) => one.partition === partition)
    found.push(...late.filter((one) => one.partition === `p${partition}`).map(({ position }) => position))
    expect(inOrder(got.map(({ partition: _, updated_at, revision: __, ...rest }) => ({ ...rest, at: updated_at.getTime() })))).toEqual(
      inOrder(model.commit()),
    )
    expect(found).toEqual(model.late)
    for (const { key, revision } of got) {
      expect(revision).toBeGreaterThan(revisions.get(key) ?? -1)
      revisions.set(key, revision)
    }
  }
  const takeAll = (given: Emitted) => {
    for (const p of tasks.keys()) take(p, given)
  }
  const step = (one: Step) => {
    if (one.kind === 'push') {
      const task = own(one.partition)
      const partition = one.partition % partitions
      const given = one.rows.map(({ rise, ...rest }) => ({ ...rest, time: rise ? task.high + rest.time : task.high - 3 * rest.time }))
      for (const { time } of given) task.high = Math.max(task.high, time)
      for (const each of given) task.model.row(each)
      const pushed = given.map(({ time, ...rest }) => ({ ...rest, partition, at: new Date(time) }))
      const out = harness.push(pushed, { partition, commit: one.commit })
      if (one.commit) take(partition, out)
    } else if (one.kind === 'watermark') {
      const partition = one.partition % partitions
      own(partition).model.watermark(one.at)
      const out = harness.watermark(one.at, { partition, commit: one.commit })
      if (one.commit) take(partition, out)
    } else if (one.kind === 'restart') harness.restart(one.which === 'all' ? 'all' : one.which % partitions)
    else if (one.kind === 'commit') takeAll(harness.commit())
    else if (one.kind === 'elapse') {
      // Partitions that become idle commit, and others do not: those are committed first.
      takeAll(harness.commit())
      takeAll(harness.elapse(IDLE))
    } else takeAll(harness.end({ complete: false }))
  }
  for (const one of all) step(one)
  takeAll(harness.end())
}

const runs = Number(process.env.MODEL_RUNS ?? 2_000)
const seed = process.env.MODEL_SEED

test(`9.4 and 9.6: totals agree with the model after every commit, in ${runs} random traces`, { timeout: 3_600_000 }, () => {
  fc.assert(fc.property(cases, compare), { numRuns: runs, ...(seed ? { seed: Number(seed) } : {}) })
})
