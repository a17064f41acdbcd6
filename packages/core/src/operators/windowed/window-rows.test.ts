import { expect, test } from 'vitest'
import * as z from 'zod'
import type { Agg } from '../../aggregate/aggregate.ts'
import { count } from '../../aggregate/count.ts'
import { internals, watermarksOf } from '../../batch/batch.ts'
import { defineSchema } from '../../schema/define.ts'
import { instant } from '../../values/instant.ts'
import { windowSchema } from '../../window/schema.ts'
import { type Result, windowRows } from './window-rows.ts'

const Row = defineSchema(z.object({ at: instant(), key: z.string().nullable(), maybe: z.string().optional(), when: instant().nullable() }), {
  name: 'row',
  time: 'at',
})
const by = ['key', 'maybe', 'when']
const schema = windowSchema(Row, 'tumbling', by, { n: count() } as unknown as Record<string, Agg<unknown, unknown>>, true)
const origin = { delay: 0, updates: false, claim() {} }
const result = (start: number, end: number, values: Result['values'], n = 1, more: Partial<Result> = {}): Result => ({
  interval: { start, end },
  values,
  results: { n },
  revision: 0,
  final: true,
  ...more,
})

test('gives each result its bounds, key, aggregates and revision', () => {
  const rows = windowRows(
    schema,
    by,
    [result(0, 10, ['a', 'b', 5], 3), result(10, 20, [null, null, null], 4, { revision: 2, final: false })],
    { windowOrigin: origin },
    true,
  )
  expect(rows.toArray()).toEqual([
    { window_start: new Date(0), window_end: new Date(10), key: 'a', maybe: 'b', when: new Date(5), n: 3, revision: 0, is_final: true },
    { window_start: new Date(10), window_end: new Date(20), key: null, when: null, n: 4, revision: 2, is_final: false },
  ])
})

test('keeps the bounds of each result, though those of one window come one after the other', () => {
  const bounds = [
    [0, 10],
    [0, 10],
    [5, 10],
    [5, 15],
    [0, 10],
  ] as const
  const rows = windowRows(
    schema,
    by,
    bounds.map(([start, end]) => result(start, end, ['a', null, null])),
    { windowOrigin: origin },
    true,
  )
  expect(rows.toArray().map(({ window_start, window_end }) => [Number(window_start), Number(window_end)])).toEqual(bounds)
})

test('cuts bounds without an end to the last instant that a Date can hold', () => {
  const all = result(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, ['a', null, null])
  expect(windowRows(schema, by, [all], { windowOrigin: origin }, true).toArray()).toMatchObject([
    { window_start: new Date(-8.64e15), window_end: new Date(8.64e15) },
  ])
})

test('gives each row the watermark that its window closes at, so that a second window finds the same rows late whenever they come', () => {
  const rows = windowRows(schema, by, [result(0, 10, ['a', null, null]), result(0, 20, ['a', null, null])], { windowOrigin: origin }, true)
  expect([...(watermarksOf(rows) ?? [])]).toEqual([9, 19])
  expect(internals.metadata(rows)?.windowOrigin).toBe(origin)
})

test('is a batch of a task in a pipeline, and one made by hand outside', () => {
  expect([true, false].map((inTask) => internals.origin(windowRows(schema, by, [], { windowOrigin: origin }, inTask)))).toEqual(['task', 'hand'])
})

test('refuses a value that its column cannot hold', () => {
  expect(() => windowRows(schema, by, [result(0, 10, ['a', null, null], 2 ** 53)], { windowOrigin: origin }, true)).toThrow(
    expect.objectContaining({ code: 'BATCH_VALUE' }),
  )
})
