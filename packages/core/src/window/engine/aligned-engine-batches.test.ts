import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as z from 'zod'
import type { Agg } from '../../aggregate/aggregate.ts'
import { count, countWhere } from '../../aggregate/count.ts'
import { countDistinct } from '../../aggregate/count-distinct.ts'
import { first } from '../../aggregate/first-last.ts'
import type { PartialAggregate } from '../../aggregate/partial-aggregate.ts'
import { sum } from '../../aggregate/sum.ts'
import { topK } from '../../aggregate/top-k.ts'
import type { Json } from '../../base/json.ts'
import { Batch, internals, pick } from '../../batch/batch.ts'
import { defineSchema } from '../../schema/define.ts'
import { PartitionClock } from '../../time/watermark.ts'
import { instant } from '../../values/instant.ts'
import { global } from '../global.ts'
import { Accumulators } from '../groups/accumulators.ts'
import { hopping } from '../hopping.ts'
import { tumbling } from '../tumbling.ts'
import { AlignedEngine } from './aligned-engine.ts'
import type { Late } from './late.ts'

const ten = tumbling({ size: 10 })
const cut = (engine: AlignedEngine) => JSON.parse(JSON.stringify(engine.snapshot(false))) as Json | null

const kinds = ['bug', 'idea', 'other'] as const
const Event = defineSchema(
  z.object({ at: instant(), kind: z.enum(kinds).nullable(), client: z.string().nullable(), n: z.int().nullable(), sure: z.boolean() }),
  { name: 'event', time: 'at' },
)
const aggregates = {
  rows: count(),
  bugs: countWhere('kind', 'bug'),
  clients: countDistinct('client'),
  kinds: countDistinct('kind'),
  numbers: countDistinct('n'),
  sum: sum('n'),
  first: first('client'),
  top: topK('client', 2),
  // Of a user: it gets row objects.
  joined: {
    init: () => '',
    add: (acc: string, row: { n: number | null }) => `${acc}${row.n} `,
    merge: (a: string, b: string) => a + b,
    result: (acc: string) => acc,
  },
} as never as Record<string, Agg<unknown, unknown>>
/** Without their ways to read columns, so that each row is an object. */
const rowWise = Object.fromEntries(
  Object.entries(aggregates).map(([name, agg]) => [name, { ...agg, columnar: undefined, addRows: undefined }]),
) as never
const windows = [ten, tumbling({ size: 10, grace: 7 }), hopping({ size: 10, advance: 4 }), hopping({ size: 4, advance: 10 }), global()]
const row = fc.record({
  at: fc.integer({ min: 0, max: 60 }),
  kind: fc.constantFrom(...kinds, null),
  client: fc.oneof(fc.constantFrom('a', 'b', '\u0000', null), fc.integer({ min: 0, max: 400 }).map(String)),
  n: fc.constantFrom(null, 0, 1, 2 ** 40),
  sure: fc.boolean(),
  // Rows that a filter takes out have moved the watermark.
  kept: fc.boolean(),
})
const step = fc.record({
  rows: fc.array(row, { maxLength: 40, size: 'max' }),
  open: fc.constantFrom('none', 'changed', 'all'),
  restarts: fc.boolean(),
})
const keys = [[], ['kind'], ['client'], ['n'], ['kind', 'client'], ['kind', 'sure']]
const batchOf = (rows: readonly ({ at: number } & Record<string, unknown>)[], position = 0) => {
  const batch = Batch.of(Event, rows.map((each) => ({ ...each, at: new Date(each.at) })) as never)
  const offsets = Float64Array.from(rows, (_, i) => position + i)
  return internals.make<unknown>(Event, internals.columns(batch), rows.length, { watermarks: new Float64Array(rows.length), offsets })
}
/** Sets have no order. */
const sorted = (partials: readonly PartialAggregate[], accumulators: Accumulators) =>
  partials.map(({ acc, ...partial }) => ({ ...partial, results: accumulators.resultsOf([acc]) }))

test('each row counts as it does alone, and is late for the same windows', () => {
  fc.assert(
    fc.property(fc.constantFrom(...windows), fc.constantFrom(...keys), fc.array(step, { maxLength: 8 }), (window, by, steps) => {
      const limits = { maxWindows: 1000, maxKeys: 10_000 }
      const [whole, single] = [new Accumulators(aggregates), new Accumulators(rowWise)]
      const made = (accumulators: Accumulators) => new AlignedEngine(window, by, accumulators, limits)
      let [ours, model] = [made(whole), made(single)]
      const cuts: (Json | null)[] = []
      const [clock, modelClock] = [new PartitionClock(3), new PartitionClock(3)]
      for (const { rows, open, restarts } of steps) {
        const kept = Int32Array.from([...rows.keys()].filter((i) => rows[i]?.kept))
        const late = ours.add(pick(clock.stamp(batchOf(rows)), kept))
        const alone: Late[] = []
        let row = 0
        for (const [i, each] of rows.entries()) {
          const single = modelClock.stamp(batchOf([each], i))
          if (!each.kept) continue
          for (const found of model.add(single)) alone.push({ ...found, row })
          row++
        }
        expect(late).toEqual(alone)
        expect(ours.held).toBe(model.held)
        const kind = open as 'none' | 'changed' | 'all'
        expect(sorted(ours.partials(clock.watermark, kind), whole)).toEqual(sorted(model.partials(modelClock.watermark, kind), single))
        cuts.push(cut(ours))
        model.snapshot(false)
        if (!restarts) continue
        ours = made(whole)
        for (const json of cuts) if (json !== null) ours.restore(json)
      }
      const end = Number.POSITIVE_INFINITY
      expect(sorted(ours.partials(end, 'none'), whole)).toEqual(sorted(model.partials(end, 'none'), single))
    }),
    { numRuns: 100 },
  )
})

test('what a snapshot holds has no place any more', () => {
  const seen: number[] = []
  const noting = {
    ...count(),
    addRows: () => (_: unknown[], _rows: Int32Array, places: Int32Array, n: number) => void seen.push(...places.subarray(0, n)),
  }
  const engine = new AlignedEngine(ten, ['n'], new Accumulators({ noting }), { maxWindows: 10, maxKeys: 1000 })
  for (let n = 0; n < 5; n++) {
    engine.add(new PartitionClock(100).stamp(batchOf([{ at: 0, kind: null, client: null, n, sure: true }])))
    engine.snapshot(false)
  }
  expect(seen).toEqual([0, 0, 0, 0, 0])
})

test('more windows than fit into one go lose nothing', () => {
  const none = { at: 0, kind: null, client: null, n: null, sure: true }
  const engine = new AlignedEngine(hopping({ size: 10_000, advance: 1 }), [], new Accumulators({ n: count() }), {
    maxWindows: 20_000,
    maxKeys: 20_000,
  })
  engine.add(new PartitionClock(0).stamp(batchOf([none, none, none])))
  const found = engine.partials(Number.POSITIVE_INFINITY, 'none')
  expect([found.length, new Set(found.map(({ rows }) => rows))]).toEqual([10_000, new Set([3])])
})
