import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { defineSchema } from '../schema/define.ts'
import { instant } from '../values/instant.ts'
import { Batch, internals } from './batch.ts'
import { concat, take } from './take.ts'

const schema = defineSchema(
  z.object({
    text: z.string(),
    maybe: z.string().nullable(),
    kind: z.enum(['red', 'green', 'blue']),
    flag: z.boolean(),
    unsure: z.boolean().nullable(),
    whole: z.int(),
    small: z.int32().nullable(),
    real: z.number(),
    at: instant(),
    later: instant().nullable(),
  }),
  { name: 'row', time: 'at' },
)
type Row = z.output<typeof schema.zod>

/** 300 rows, so that columns grow; texts of no bytes up to 600, some of them beyond ASCII. */
const rows = Array.from({ length: 300 }, (_, i) => {
  const text = `${i % 7 === 0 ? '' : `é${i}`}${'x'.repeat(i % 50 === 49 ? 600 : i % 11)}`
  return {
    text,
    maybe: i % 3 === 0 ? null : text,
    kind: (['red', 'green', 'blue'] as const)[i % 3],
    flag: i % 5 === 0,
    unsure: i % 4 === 0 ? null : i % 2 === 0,
    whole: i * 1_000_000_007,
    small: i % 6 === 0 ? null : -i,
    real: i / 7,
    at: new Date(i * 1000),
    later: i % 9 === 0 ? null : new Date(-i),
  } as Row
})
const batch = Batch.of(schema, rows)
const columns = internals.columns(batch)
const rowsOf = (made: readonly (typeof columns)[number][], length: number) => internals.make(schema, [...made], length).toArray()

test('takes any rows, in any order and more than once, from columns and from slices of them', () => {
  const run = fc.record({ from: fc.nat(249), length: fc.integer({ min: 1, max: 50 }) })
  const picked = fc.array(fc.oneof(fc.nat(249), run), { maxLength: 40 })
  fc.assert(
    fc.property(picked, fc.integer({ min: 0, max: 50 }), (pick, offset) => {
      const wanted = pick.flatMap((p) =>
        typeof p === 'number' ? [p] : Array.from({ length: Math.min(p.length, 250 - p.from) }, (_, i) => p.from + i),
      )
      const made = columns.map((column) => take(column.slice(offset, 250), Int32Array.from(wanted)))
      expect(made.map(({ length }) => length)).toEqual(made.map(() => wanted.length))
      expect(rowsOf(made, wanted.length)).toEqual(wanted.map((row) => rows[offset + row]))
    }),
    { numRuns: 60 },
  )
})

test('takes the last rows of a column, behind which nothing may be read', () => {
  for (const from of [299, 298, 290, 249, 200]) {
    const wanted = Int32Array.from({ length: 300 - from }, (_, i) => from + i)
    expect(
      rowsOf(
        columns.map((column) => take(column, wanted)),
        wanted.length,
      ),
    ).toEqual(rows.slice(from))
  }
})

test('counts nulls', () => {
  const maybe = columns[1] as (typeof columns)[number]
  expect(take(maybe, Int32Array.from([0, 1, 3, 3, 4])).nullCount).toBe(3)
  expect(take(maybe, Int32Array.from([1, 2])).nullCount).toBe(0)
})

test('puts columns and slices of them end to end', () => {
  const cuts = [
    [0, 1],
    [3, 130],
    [10, 0],
    [129, 171],
    [5, 9],
  ] as const
  const parts = columns.map((column) => concat(cuts.map(([from, length]) => column.slice(from, length))))
  const wanted = cuts.flatMap(([from, length]) => rows.slice(from, from + length))
  expect(rowsOf(parts, wanted.length)).toEqual(wanted)
  expect(parts[1]?.nullCount).toBe(wanted.filter(({ maybe }) => maybe === null).length)
  expect(concat([columns[0] as (typeof columns)[number]])).toBe(columns[0])
})
