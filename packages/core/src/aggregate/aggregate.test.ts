import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { Batch } from '../batch/batch.ts'
import { defineSchema } from '../schema/define.ts'
import { instant } from '../values/instant.ts'
import { Accumulators } from '../window/groups/accumulators.ts'
import { windowSchema } from '../window/schema.ts'
import type { Agg } from './aggregate.ts'
import { count, countWhere } from './count.ts'
import { countDistinct } from './count-distinct.ts'
import { max, min } from './extreme.ts'
import { first, last } from './first-last.ts'
import { mean } from './mean.ts'
import { quantile } from './quantile.ts'
import { sum } from './sum.ts'
import { topK } from './top-k.ts'

const Row = defineSchema(
  z.object({
    at: instant(),
    name: z.string(),
    kind: z.enum(['x', 'y', 'z']),
    amount: z.number().nullable(),
    units: z.int().optional(),
    small: z.int32(),
    done: z.boolean(),
    when: instant().nullable(),
  }),
  { name: 'row', time: 'at' },
)
type Row = z.output<
  typeof Row.zod &
    z.ZodType<{
      at: Date
      name: string
      kind: 'x' | 'y' | 'z'
      amount: number | null
      units?: number
      small: number
      done: boolean
      when: Date | null
    }>
>

const aggregate = {
  rows: count(),
  xs: countWhere('kind', 'x'),
  names: countDistinct('name'),
  whens: countDistinct('when'),
  about: countDistinct('name', { approximate: true }),
  amount: sum('amount'),
  units: sum('units'),
  average: mean('amount'),
  least: min('amount'),
  most: max('units'),
  first_when: min('when'),
  last_name: max('name'),
  any_done: max('done'),
  median: quantile('amount', 0.5),
  p90: quantile('small', 0.9, { error: 0.05 }),
  top: topK('name', 2),
  top_when: topK('when', 1),
  opened: first('kind'),
  closed: last('amount'),
  seen: last('when'),
} satisfies Record<string, Agg<Row & { units: number | undefined }, unknown>>

const rows: fc.Arbitrary<Row[]> = fc.array(
  fc
    .record({
      at: fc.integer({ min: -3, max: 3 }).map((s) => new Date(s * 1000)),
      name: fc.constantFrom('a', 'b', 'é', ''),
      kind: fc.constantFrom('x' as const, 'y' as const, 'z' as const),
      amount: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 })),
      units: fc.option(fc.integer(), { nil: undefined }),
      small: fc.integer({ min: -100, max: 100 }),
      done: fc.boolean(),
      when: fc.option(fc.integer({ min: 0, max: 3 }).map((ms) => new Date(ms))),
    })
    .map(({ units, ...row }) => (units === undefined ? row : { ...row, units }) as Row),
  { maxLength: 30 },
)

const all = new Accumulators(aggregate as never)

/** Adds rows of a batch at their positions. */
function of(batch: Batch<Row>, wanted: readonly number[]): unknown[] {
  const add = all.adder(batch)
  const accs = all.init()
  for (const i of wanted) add(accs, i)
  return accs
}

describe('law 5: merging equals adding all rows', () => {
  test('any split, any order of merging, through JSON or not, for all aggregates at once', () => {
    fc.assert(
      fc.property(rows, fc.infiniteStream(fc.integer({ min: 0, max: 4 })), fc.infiniteStream(fc.boolean()), (given, where, written) => {
        const batch = Batch.of(Row as never, given) as Batch<Row>
        const expected = all.results(
          of(
            batch,
            given.map((_, i) => i),
          ),
        )
        const parts: number[][] = [[], [], [], [], []]
        for (const i of given.keys()) parts[where.next().value as number]?.push(i)
        const accs = parts.map((part) => of(batch, part.reverse()))
        while (accs.length > 1) {
          const at = (where.next().value as number) % accs.length
          const [one] = accs.splice(at, 1) as [unknown[]]
          const into = (where.next().value as number) % accs.length
          const read = (acc: unknown[]) => (written.next().value ? all.fromJson(JSON.parse(JSON.stringify(all.toJson(acc)))) : acc)
          accs[into] = all.merge(read(accs[into] as unknown[]), read(one))
        }
        expect(all.results(accs[0] as unknown[])).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })

  test('the result read from a record equals the result of the accumulator', () => {
    fc.assert(
      fc.property(rows, (given) => {
        const batch = Batch.of(Row as never, given) as Batch<Row>
        const accs = of(batch, [...given.keys()])
        const json = JSON.parse(JSON.stringify(all.toJson(accs)))
        expect(all.resultsOf([json])).toEqual(all.results(accs))
        expect(all.resultsOf([json, json])).toMatchObject({ rows: given.length * 2, names: new Set(given.map(({ name }) => name)).size })
      }),
    )
    expect(all.resultsOf([])).toEqual(all.results(all.init()))
  })

  test('adding row objects equals adding by columns', () => {
    fc.assert(
      fc.property(rows, (given) => {
        const batch = Batch.of(Row as never, given) as Batch<Row>
        const plain = Object.fromEntries(Object.entries(aggregate).map(([name, { columnar: _, ...agg }]) => [name, agg]))
        const byRows = new Accumulators(plain as never)
        const accs = byRows.init()
        const add = byRows.adder(batch)
        for (const i of given.keys()) add(accs, i)
        expect(byRows.results(accs)).toEqual(
          all.results(
            of(
              batch,
              given.map((_, i) => i),
            ),
          ),
        )
      }),
    )
  })

  test('the results fit the columns that the aggregates declare', () => {
    const schema = windowSchema(Row, 'tumbling', [], aggregate as never)
    const kinds = Object.fromEntries(schema.fields.map(({ name, kind, nullable }) => [name, nullable ? `${kind}?` : kind]))
    expect(kinds).toMatchObject({
      rows: 'integer',
      units: 'integer',
      amount: 'number',
      average: 'number?',
      least: 'number?',
      most: 'integer?',
      first_when: 'instant?',
      last_name: 'string?',
      any_done: 'boolean?',
      median: 'number?',
      top: 'string',
      opened: 'enum?',
      closed: 'number?',
      about: 'integer',
    })
    fc.assert(
      fc.property(rows, (given) => {
        const row = {
          window_start: new Date(0),
          window_end: new Date(1),
          revision: 0,
          ...all.results(
            of(
              Batch.of(Row as never, given),
              given.map((_, i) => i),
            ),
          ),
        }
        expect(Batch.of(schema, [row]).toArray()).toEqual([row])
      }),
    )
  })
})
