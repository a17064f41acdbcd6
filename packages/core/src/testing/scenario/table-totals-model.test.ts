import fc from 'fast-check'
import type { Observable } from 'rxjs'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { count, countWhere } from '../../aggregate/count.ts'
import { countDistinct } from '../../aggregate/count-distinct.ts'
import { max } from '../../aggregate/extreme.ts'
import { last } from '../../aggregate/first-last.ts'
import { mean } from '../../aggregate/mean.ts'
import { sum } from '../../aggregate/sum.ts'
import type { Batch } from '../../batch/batch.ts'
import { filterRows } from '../../operators/filter-rows.ts'
import { runningTotals } from '../../operators/running-totals.ts'
import { defineSchema } from '../../schema/define.ts'
import { instant } from '../../values/instant.ts'
import { Harness } from './harness.ts'

const Version = defineSchema(
  z.object({
    id: z.string().nullable(),
    at: instant(),
    plan: z.string().nullable(),
    value: z.number().nullable(),
    label: z.string(),
    deleted: z.boolean(),
    dropped: z.boolean(),
  }),
  { name: 'version', time: 'at' },
)
type Version = z.output<typeof Version.zod>
interface Total {
  readonly plan: string | null
  readonly rows: number | null
  readonly [aggregate: string]: unknown
}

const additive = { rows: count(), fives: countWhere('value', 5), sum: sum('value'), mean: mean('value') }
const all = { ...additive, max: max('value'), last: last('label'), labels: countDistinct('label') }

/** What totals over a table are, in the plainest code that can be right: all versions that were read, looked through anew each time. */
class Model {
  readonly #versions: (Version & { readonly position: number })[] = []
  readonly #changed = new Set<string | null>()
  #position = 0

  row(row: Version): void {
    const position = this.#position++
    if (row.dropped) return
    const before = this.#standing(row.id)
    if (before && row.at < before.at) return
    this.#versions.push({ ...row, position })
    for (const one of [before, row]) if (one && !one.deleted) this.#changed.add(one.plan)
  }

  /** The totals of what changed since the last call. */
  commit(): Total[] {
    const ids = new Set(this.#versions.map(({ id }) => id))
    const standing = [...ids].map((id) => this.#standing(id) as Version & { position: number }).filter(({ deleted }) => !deleted)
    const totals = [...this.#changed].map((plan) =>
      totalOf(
        plan,
        standing.filter((row) => row.plan === plan),
      ),
    )
    this.#changed.clear()
    return totals
  }

  #standing(id: string | null): (Version & { readonly position: number }) | undefined {
    const own = this.#versions.filter((one) => one.id === id)
    return own.reduce<(typeof own)[number] | undefined>((best, one) => (best && best.at > one.at ? best : one), undefined)
  }
}

function totalOf(plan: string | null, rows: readonly (Version & { readonly position: number })[]): Total {
  const none = { rows: null, fives: null, sum: null, mean: null, max: null, last: null, labels: null, gone: true }
  if (rows.length === 0) return { plan, ...none }
  const values = rows.flatMap(({ value }) => (value === null ? [] : [value]))
  // Numbers of the traces are whole, or infinite.
  const total = values.reduce((before, value) => before + value, 0)
  const newest = rows.toSorted((a, b) => a.at.getTime() - b.at.getTime() || a.position - b.position).at(-1)
  return {
    plan,
    rows: rows.length,
    fives: values.filter((value) => value === 5).length,
    sum: total,
    mean: values.length === 0 ? null : total / values.length,
    max: values.length === 0 ? null : Math.max(...values),
    last: newest?.label ?? null,
    labels: new Set(rows.map(({ label }) => label)).size,
    gone: false,
  }
}

type Step =
  | { readonly kind: 'push'; readonly rows: readonly Omit<Version, 'at'>[]; readonly times: readonly number[]; readonly commit: boolean }
  | { readonly kind: 'restart' }
  | { readonly kind: 'commit' }

const row = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd', null),
  plan: fc.constantFrom('free', 'gold', null),
  value: fc.constantFrom(1, 5, -3, 0, Number.POSITIVE_INFINITY, null),
  label: fc.constantFrom('x', 'yé', ''),
  deleted: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
  dropped: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, fc.constant(true)),
})
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('push' as const),
      rows: fc.array(row, { maxLength: 5 }),
      times: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 5, maxLength: 5 }),
      commit: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('commit' as const) }) },
)

const textsOf = (totals: readonly object[]) => totals.map((total) => JSON.stringify(Object.entries(total).sort())).sort()

function compare(traces: readonly Step[], aggregate: typeof all): void {
  const totals = (rows: Observable<Batch<Version>>) =>
    rows.pipe(
      filterRows(({ dropped }) => !dropped),
      runningTotals({ table: { key: 'id', deleted: 'deleted' }, by: 'plan', aggregate }),
    )
  const harness = new Harness(Version, totals, { maxOutOfOrderness: 5 })
  const model = new Model()
  const known = Object.keys(aggregate)
  let revision = -1
  const take = ({ emitted }: { readonly emitted: readonly (Total & { readonly updated_at: Date; readonly revision: number })[] }) => {
    const expected = model
      .commit()
      .map(({ plan, gone, ...results }) => ({ plan, gone, ...Object.fromEntries(known.map((name) => [name, results[name]])) }))
    expect(textsOf(emitted.map(({ updated_at: _, revision: __, ...rest }) => rest))).toEqual(textsOf(expected))
    for (const one of emitted) expect(one.revision).toBeGreaterThan(revision)
    revision = Math.max(revision, ...emitted.map((one) => one.revision))
  }
  for (const step of traces) {
    if (step.kind === 'restart') harness.restart('all')
    else if (step.kind === 'commit') take(harness.commit() as never)
    else {
      const rows = step.rows.map((one, i) => ({ ...one, at: new Date(step.times[i] as number) }))
      for (const one of rows) model.row(one)
      const given = harness.push(rows, { commit: step.commit })
      if (step.commit) take(given as never)
    }
  }
  take(harness.end() as never)
}

const runs = Number(process.env.MODEL_RUNS ?? 2_000)

test(`9.4: totals over a table agree with the model after every commit, in ${runs} random traces`, { timeout: 3_600_000 }, () => {
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 14 }), fc.boolean(), (traces, isAdditive) =>
      compare(traces, (isAdditive ? additive : all) as typeof all),
    ),
    { numRuns: runs },
  )
})
