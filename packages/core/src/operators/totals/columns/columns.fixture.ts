import fc from 'fast-check'
import { expect } from 'vitest'
import * as z from 'zod'
import type { Agg } from '../../../aggregate/aggregate.ts'
import { Batch, internals } from '../../../batch/batch.ts'
import { defineSchema } from '../../../schema/define.ts'
import { decimal } from '../../../values/decimal.ts'
import { instant } from '../../../values/instant.ts'
import { Accumulators } from '../../../window/groups/accumulators.ts'
import { heldColumn } from './held-columns.ts'
import { StateReader, StateWriter } from './state-bytes.ts'

/** Rows with a column of each kind that an aggregate may read. */
const Row = defineSchema(
  z.object({
    at: instant(),
    number: z.number().nullable(),
    whole: z.int().nullable(),
    text: z.string().nullable(),
    kind: z.enum(['a', 'b']).nullable(),
    flag: z.boolean().nullable(),
    price: decimal(9, 2).nullable(),
    seen: instant().nullable(),
  }),
  { name: 'row', time: 'at' },
)
const missing = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })
const time = fc.integer({ min: 0, max: 5 }).map((ms) => new Date(ms))
const row = fc.record({
  at: time,
  number: missing(
    fc.oneof(fc.constantFrom(0, -0, 0.1, -0.1, 1e22, -1e22, 2 ** 53, 1e308, -1e308, 5e-324, Number.POSITIVE_INFINITY), fc.double({ noNaN: true })),
  ),
  whole: missing(fc.integer()),
  text: missing(fc.constantFrom('', 'a', 'é', 'zz')),
  kind: missing(fc.constantFrom('a' as const, 'b' as const)),
  flag: missing(fc.boolean()),
  price: missing(fc.constantFrom('1.00', '12.50', '-3.00')),
  seen: missing(time),
})
const PLACES = 3
const places = fc.array(fc.integer({ min: 0, max: PLACES - 1 }), { minLength: 8, maxLength: 8 })
const traces = fc.array(fc.tuple(fc.array(row, { maxLength: 8 }), places, fc.constantFrom('go on', 'restart', 'begin')), { maxLength: 8 })

/** Compares the column of an aggregate with its accumulators, one for each place: after each batch, after being written and read, and when a place begins anew. */
export function agrees(agg: Agg<unknown, unknown>): void {
  fc.assert(
    fc.property(traces, (steps) => {
      const of = { of: agg }
      const accumulators = new Accumulators(of)
      // Where the type of the result depends on the rows, the aggregate learns it first, as it does in a flow.
      agg.typeIn?.(Row)
      let column = heldColumn('of', agg, Row)
      const plain = Array.from({ length: PLACES }, () => accumulators.init())
      for (let p = 0; p < PLACES; p++) column.begin(p)
      let position = 0
      for (const [given, at, next] of steps) {
        const made = Batch.of(Row, given)
        const offsets = Float64Array.from(given, () => position++)
        const batch = internals.make(Row, internals.columns(made), given.length, { watermarks: new Float64Array(given.length), offsets })
        const add = accumulators.adder(batch)
        for (const i of given.keys()) add(plain[at[i] as number] as unknown[], i)
        column.adder(batch)(Int32Array.from(given.keys()), Int32Array.from(at), given.length)
        if (next === 'restart') {
          const out = new StateWriter()
          for (let p = 0; p < PLACES; p++) column.write(p, out)
          const from = new StateReader(out.copy())
          column = heldColumn('of', agg, Row)
          for (let p = 0; p < PLACES; p++) column.begin(p)
          for (let p = 0; p < PLACES; p++) column.read(p, from)
          expect(from.isAtEnd).toBe(true)
        } else if (next === 'begin') {
          plain[0] = accumulators.init()
          column.begin(0)
        }
        for (const [p, accs] of plain.entries()) expect(column.result(p)).toEqual(accumulators.results(accs).of)
        expect(column.bytes).toBeGreaterThan(0)
      }
    }),
    { numRuns: 150 },
  )
}
