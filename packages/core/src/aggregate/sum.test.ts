import { expect, test } from 'vitest'
import * as z from 'zod'
import { Batch } from '../batch/batch.ts'
import { defineSchema } from '../schema/define.ts'
import { instant } from '../values/instant.ts'
import { Accumulators } from '../window/groups/accumulators.ts'
import { windowSchema } from '../window/schema.ts'
import { mergedResultOf, resultOf } from './aggregates.fixture.ts'
import { sum } from './sum.ts'

const Row = defineSchema(z.object({ at: instant(), name: z.string(), units: z.int() }), { name: 'row', time: 'at' })

test('sums do not depend on the order of the terms, and are rounded once', () => {
  expect(resultOf(sum('v'), 'number', [1e100, 1, -1e100])).toBe(1)
  expect(
    resultOf(
      sum('v'),
      'number',
      Array.from({ length: 10 }, () => 0.1),
    ),
  ).toBe(1)
  expect(resultOf(sum('v'), 'number', [])).toBe(0)
  expect(mergedResultOf(sum('v'), 'number', [[1e100, null], [1], [-1e100]])).toBe(1)
})

test('a sum of integers beyond 2^53 − 1 is an error, an intermediate one is none', () => {
  const batchOf = (units: number[]) =>
    Batch.of(
      Row,
      units.map((u) => ({ at: new Date(0), name: '', units: u })),
    )
  const schema = windowSchema(Row, 'tumbling', [], { units: sum('units') } as never)
  const accs = new Accumulators({ units: sum('units') } as never)
  const total = (units: number[]) => {
    const acc = accs.init()
    const add = accs.adder(batchOf(units))
    for (const i of units.keys()) add(acc, i)
    return Batch.of(schema, [{ window_start: new Date(0), window_end: new Date(1), revision: 0, ...accs.results(acc) }]).get(0).units
  }
  expect(total([Number.MAX_SAFE_INTEGER, 1, 1, -2])).toBe(Number.MAX_SAFE_INTEGER)
  expect(() => total([Number.MAX_SAFE_INTEGER, 1])).toThrow('"units" wants an integer within')
})

test('a column of text is refused by name', () => {
  expect(() => windowSchema(Row, 'tumbling', [], { s: sum('name') } as never)).toThrow('sum("name") takes a column of numbers')
})
