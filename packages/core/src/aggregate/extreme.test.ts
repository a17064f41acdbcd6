import { expect, test } from 'vitest'
import * as z from 'zod'
import { Batch } from '../batch/batch.ts'
import { defineSchema } from '../schema/define.ts'
import { Ticket } from '../tickets/ticket.ts'
import { decimal } from '../values/decimal.ts'
import { instant } from '../values/instant.ts'
import { windowSchema } from '../window/schema.ts'
import { mergedResultOf, resultOf } from './aggregates.fixture.ts'
import { max, min } from './extreme.ts'

test.each([
  ['number', [3, null, -1, 2], -1, 3],
  ['text', ['b', 'a', null], 'a', 'b'],
  ['instant', [new Date(5), new Date(2)], new Date(2), new Date(5)],
] as const)('of a column of kind %s are its smallest and largest value', (kind, values, least, most) => {
  expect(resultOf(min('v'), kind, values)).toEqual(least)
  expect(resultOf(max('v'), kind, values)).toEqual(most)
  expect(
    mergedResultOf(
      max('v'),
      kind,
      values.map((value) => [value]),
    ),
  ).toEqual(most)
})

test('of no values are null', () => {
  expect(resultOf(min('v'), 'number', [])).toBe(null)
  expect(mergedResultOf(max('v'), 'number', [[null], []])).toBe(null)
})

test('keep infinities and the sign of zero through a record', () => {
  expect(mergedResultOf(min('v'), 'number', [[0, -0], [1]])).toBe(-0)
  expect(mergedResultOf(max('v'), 'number', [[1], [Number.POSITIVE_INFINITY]])).toBe(Number.POSITIVE_INFINITY)
})

test('a column that is not there is refused', () => {
  expect(() => windowSchema(Ticket, 'tumbling', [], { s: max('nope') } as never)).toThrow('no such column')
})

test('compare decimals as numbers, through a record, and row by row once the type was asked for', () => {
  const Priced = defineSchema(z.object({ at: instant(), v: decimal(10, 2).nullable() }), { name: 'priced', time: 'at' })
  const rows = ['9.00', '10.00', null, '-9.00', '-10.00'].map((v, i) => ({ at: new Date(i), v }))
  for (const [agg, found] of [
    [max('v'), '10.00'],
    [min('v'), '-10.00'],
  ] as const) {
    agg.typeIn?.(Priced)
    const add = agg.columnar?.(Batch.of(Priced, rows))
    const byColumn = rows.map((_, i) => add?.(agg.init(), i)).map((acc) => agg.fromJson?.(JSON.parse(JSON.stringify(agg.toJson?.(acc)))))
    const byRow = rows.reduce((acc: unknown, row) => agg.add(acc, row, { time: 0, position: 0 }), agg.init())
    expect([agg.result(byColumn.reduce((a, b) => agg.merge(a, b))), agg.result(byRow)]).toEqual([found, found])
  }
})
