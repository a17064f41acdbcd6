import { expect, test } from 'vitest'
import * as z from 'zod'
import { Batch } from '../batch/batch.ts'
import { defineSchema } from '../schema/define.ts'
import { decimal } from '../values/decimal.ts'
import { instant } from '../values/instant.ts'
import { mergedResultOf, resultOf } from './aggregates.fixture.ts'
import { topK } from './top-k.ts'

test('topK orders by count, then by value', () => {
  expect(resultOf(topK('v', 2), 'text', ['b', 'a', 'c', 'b', 'a', null])).toBe('[["a",2],["b",2]]')
  expect(() => topK('v', 0)).toThrow('got 0')
})

test('counts over all tasks, and writes instants as ISO 8601', () => {
  expect(mergedResultOf(topK('v', 1), 'text', [['a', 'b'], ['b']])).toBe('[["b",2]]')
  expect(resultOf(topK('v', 1), 'instant', [new Date(0)])).toBe('[["1970-01-01T00:00:00.000Z",1]]')
  expect(resultOf(topK('v', 1), 'text', [])).toBe('[]')
})

test('of equal counts the smaller decimal comes first, also where the first task has none', () => {
  const Priced = defineSchema(z.object({ at: instant(), v: decimal(10, 2) }), { name: 'priced', time: 'at' })
  const rows = ['10.00', '9.00', '-1.00', '-2.00'].map((v, i) => ({ at: new Date(i), v }))
  const agg = topK('v', 4)
  agg.typeIn?.(Priced)
  const at = { time: 0, position: 0 }
  const add = agg.columnar?.(Batch.of(Priced, rows)) as (acc: unknown, i: number) => unknown
  const accs = [rows.reduce((acc: unknown, _, i) => add(acc, i), agg.init()), rows.reduce((acc: unknown, row) => agg.add(acc, row, at), agg.init())]
  for (const acc of accs) {
    const read = agg.fromJson?.(JSON.parse(JSON.stringify(agg.toJson?.(acc))))
    expect(agg.result(agg.merge(agg.init(), read))).toBe('[["-2.00",1],["-1.00",1],["9.00",1],["10.00",1]]')
  }
})
