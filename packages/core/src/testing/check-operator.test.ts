import { bufferCount, filter, map, mergeMap, type Observable, of, scan } from 'rxjs'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { count } from '../aggregate/count.ts'
import type { Batch } from '../batch/batch.ts'
import { filterRows } from '../operators/filter-rows.ts'
import { statefulOperator } from '../operators/stateful-operator.ts'
import { windowed } from '../operators/windowed.ts'
import { defineSchema } from '../schema/define.ts'
import { nestedSchemas } from '../schema/fast-decoder/nested-schemas.fixture.ts'
import { Ticket } from '../tickets/ticket.ts'
import { instant } from '../values/instant.ts'
import { session } from '../window/session.ts'
import { sliding } from '../window/sliding.ts'
import { tumbling } from '../window/tumbling.ts'
import { checkOperator } from './check-operator.ts'

test('passes what keeps the laws', () => {
  checkOperator(
    Ticket,
    filterRows((t: Ticket) => t.priority === 'high'),
  )
  checkOperator(Ticket, windowed(tumbling({ size: '10s' }), { by: 'client_id', aggregate: { n: count() } }))
  checkOperator(Ticket, windowed(tumbling({ size: '30s' }), { by: 'priority', aggregate: { n: count() }, emit: 'updates' }))
  checkOperator(Ticket, windowed(session({ gap: '45s' }), { by: 'client_id', aggregate: { n: count() } }))
  checkOperator(Ticket, windowed(sliding({ size: '100s' }), { by: 'client_id', aggregate: { n: count() } }))
})

test.each(nestedSchemas.map(({ schema }) => [schema.name, schema] as const))('has rows for nested columns: %s', (_, schema) => {
  checkOperator(
    schema,
    filterRows(() => true),
  )
})

test('finds results that depend on how rows come in batches', () => {
  const filterEvery = (rows: Observable<Batch<Ticket>>) =>
    rows.pipe(
      scan((seen, batch) => ({ n: seen.n + batch.length, batch }), { n: 0, batch: null as Batch<Ticket> | null }),
      mergeMap(({ n, batch }) => of(batch as Batch<Ticket>).pipe(filterRows(() => n % 2 === 0))),
    )
  expect(() => checkOperator(Ticket, filterEvery)).toThrow('gives other rows')
  const firstOfEach = (rows: Observable<Batch<Ticket>>) => rows.pipe(filterRows((_row, i) => i === 0))
  expect(() => checkOperator(Ticket, firstOfEach)).toThrow('gives other rows given as two batches than in one batch: no row became {')
})

test('finds an operator that waits, or passes no empty batch on', () => {
  const buffers = (rows: Observable<Batch<Ticket>>) =>
    rows.pipe(
      bufferCount(2),
      mergeMap((batches) => batches),
    )
  expect(() => checkOperator(Ticket, buffers)).toThrow('empty batch')
  expect(() => checkOperator(Ticket, (rows: Observable<Batch<Ticket>>) => rows.pipe(filter((batch) => batch.length > 0)))).toThrow('empty batch')
})

test('throws what the operator throws', () => {
  const throws = (rows: Observable<Batch<Ticket>>) =>
    rows.pipe(
      filterRows((t: Ticket) => {
        if (t.priority === 'high') throw new Error('no')
        return true
      }),
    )
  expect(() => checkOperator(Ticket, throws)).toThrow('no')
})

/** Keeps the rows whose number is even, and counts them in its state. */
const everySecond = (of: { restore?: (saved: unknown) => { n: number }; snapshot?: (state: { n: number }) => { n: number } } = {}) =>
  statefulOperator<Ticket, Ticket, { n: number }>({
    id: 'every-second',
    init: () => ({ n: 0 }),
    onBatch: (state, batch) => {
      const from = state.n
      state.n += batch.length
      return keep(batch, (i) => (from + i) % 2 === 0)
    },
    snapshot: of.snapshot ?? (({ n }) => ({ n })),
    restore: of.restore ?? ((saved) => ({ n: (saved as { n: number }).n })),
  })

function keep(batch: Batch<Ticket>, wanted: (i: number) => boolean): Batch<Ticket> {
  let kept = batch
  of(batch)
    .pipe(filterRows((_row, i) => wanted(i)))
    .subscribe((one) => {
      kept = one
    })
  return kept
}

test('finds state that a crash loses, and state that is a record behind', () => {
  checkOperator(Ticket, everySecond())
  expect(() => checkOperator(Ticket, everySecond({ restore: () => ({ n: 0 }) }))).toThrow('with a crash after every row')
  expect(() => checkOperator(Ticket, everySecond({ snapshot: ({ n }) => ({ n: Math.max(0, n - 1) }) }))).toThrow('with a crash after every row')
  // Held outside of its state, what was read before a crash is counted twice.
  let seen = 0
  const outside = (rows: Observable<Batch<Ticket>>) => rows.pipe(map((batch) => keep(batch, () => seen++ % 2 === 0)))
  expect(() => checkOperator(Ticket, outside)).toThrow('with a commit after every second row and a crash after every row')
})

test('takes rows of one’s own, and makes some of any schema', () => {
  const seen: unknown[] = []
  const watch = (rows: Observable<Batch<Ticket>>) =>
    rows.pipe(
      map((batch) => {
        seen.push(...batch.toArray())
        return batch
      }),
    )
  checkOperator(Ticket, watch, { rows: [] })
  expect(seen).toEqual([])

  const Every = defineSchema(
    z.object({
      at: instant(),
      text: z.string(),
      level: z.enum(['a', 'b', 'c']),
      is: z.boolean(),
      other: instant().optional(),
      share: z.number().nullable(),
      n: z.int(),
    }),
    { name: 'every', time: 'at' },
  )
  type Every = { at: Date; text: string; level: 'a' | 'b' | 'c'; is: boolean; other?: Date | undefined; share: number | null; n: number }
  const made: Every[] = []
  checkOperator<Every, Every>(Every, (rows) =>
    rows.pipe(
      map((batch) => {
        if (made.length < 160) made.push(...batch.toArray())
        return batch
      }),
    ),
  )
  expect(made).toHaveLength(160)
  const times = made.map(({ at }) => at.getTime())
  expect(times.some((time, i) => i > 0 && time < (times[i - 1] ?? 0))).toBe(true)
  expect(new Set(made.map((row) => JSON.stringify(row))).size).toBeLessThan(160)
  expect([...new Set(made.map(({ level }) => level))].sort()).toEqual(['a', 'b', 'c'])
  expect(made.some(({ other }) => other === undefined) && made.some(({ share }) => share === null)).toBe(true)
})
