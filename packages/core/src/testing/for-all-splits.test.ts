import { bufferCount, concatMap, delay, from, map, mergeMap, type Observable, of } from 'rxjs'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { count } from '../aggregate/count.ts'
import { sum } from '../aggregate/sum.ts'
import { Batch } from '../batch/batch.ts'
import { dedupe } from '../operators/dedupe.ts'
import { filterRows } from '../operators/filter-rows.ts'
import { statefulOperator } from '../operators/stateful-operator.ts'
import { windowed } from '../operators/windowed.ts'
import { defineSchema } from '../schema/define.ts'
import { Ticket } from '../tickets/ticket.ts'
import { instant } from '../values/instant.ts'
import { hopping } from '../window/hopping.ts'
import { session } from '../window/session.ts'
import { sliding } from '../window/sliding.ts'
import { tumbling } from '../window/tumbling.ts'
import { forAllSplits } from './for-all-splits.ts'

const Sale = defineSchema(z.object({ at: instant(), shop: z.string(), price: z.number() }), { name: 'sale', time: 'at' })
type Sale = { at: Date; shop: string; price: number }
const sales = (...seconds: number[]): Sale[] => seconds.map((second, i) => ({ at: new Date(second * 1000), shop: i % 2 ? 'b' : 'a', price: i + 0.1 }))
const few = { splits: 25 }

/** Returns the message of what `run` throws. */
function thrown(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('it threw nothing')
}

test('tries 1,000 splits by default, and says what they were', () => {
  const perShop = windowed<Sale, 'shop', { n: ReturnType<typeof count> }, 'final'>(tumbling({ size: '5s' }), {
    by: 'shop',
    aggregate: { n: count() },
  })
  const report = forAllSplits(Sale, perShop, { rows: sales(1, 3, 4, 9, 2, 12, 14, 11) })
  expect(report.splits).toBe(1_000)
  expect(report.results).toBeGreaterThan(5)
  expect(report.batches).toBeGreaterThan(4_000)
  expect(report.commits).toBeGreaterThan(500)
  expect(report.crashes).toBeGreaterThan(500)
})

test('passes each kind of window, and operators with and without state', () => {
  const windows = [hopping({ size: '30s', advance: '10s' }), session({ gap: '45s' }), sliding({ size: '100s' })]
  for (const window of windows) forAllSplits(Ticket, windowed(window, { by: 'client_id', aggregate: { n: count() } }), few)
  forAllSplits(Ticket, windowed(tumbling({ size: '30s' }), { by: 'priority', aggregate: { n: count() }, emit: 'updates' }), few)
  forAllSplits(Sale, windowed(tumbling({ size: '5s' }), { by: 'shop', aggregate: { total: sum('price') } }), { rows: sales(1, 9, 3, 2, 12), ...few })
  forAllSplits(
    Ticket,
    filterRows((ticket: Ticket) => ticket.priority === 'high'),
    few,
  )
  forAllSplits(Ticket, dedupe({ key: ['ticket_id'], within: '1 hour' }), few)
})

test('waits as long as maxOutOfOrderness says, in each split', () => {
  const perShop = windowed<Sale, 'shop', { n: ReturnType<typeof count> }, 'final'>(tumbling({ size: '5s' }), {
    by: 'shop',
    aggregate: { n: count() },
  })
  const rows = sales(1, 9, 3)
  expect(forAllSplits(Sale, perShop, { rows, ...few }).results).toBe(3)
  // Nothing is late any more.
  expect(forAllSplits(Sale, perShop, { rows, maxOutOfOrderness: '10s', ...few }).results).toBe(2)
})

test('names the law, the first row that differs, and a split as small as it gets', () => {
  const firstOfEach = (rows: Observable<Batch<Sale>>) => rows.pipe(filterRows((_row, i) => i === 0))
  const message = thrown(() => forAllSplits(Sale, firstOfEach, { rows: sales(...Array.from({ length: 60 }, (_, i) => i)) }))
  expect(message).toMatch(/^the operator gives other rows when the same rows come in other batches: split \d+ of 1000, seed 1/)
  // Two rows and what stands between them: less does not fail.
  expect(message).toMatch(/the split +row1 (\||commit|crash|empty|watermark) row2\n/)
  expect(message).toMatch(/in one batch +no row\n/)
  expect(message).toMatch(/in this split +\{"at":"1970.*"shop"/)
  expect(message).toMatch(/ {2}row2 +\{"at"/)
  expect(message).not.toContain('row3')
  expect(message).toContain('Law 2, determinism')
})

/** Keeps every second row, and counts them in a state that `restore` brings back. */
const everySecond = (restore: (saved: unknown) => { n: number }) =>
  statefulOperator<Sale, Sale, { n: number }>({
    id: 'every-second',
    init: () => ({ n: 0 }),
    onBatch(state, batch) {
      const kept = batch.toArray().filter((_row, i) => (state.n + i) % 2 === 0)
      state.n += batch.length
      return Batch.of(Sale, kept) as Batch<Sale>
    },
    snapshot: (state) => ({ n: state.n }),
    restore,
  })

test('finds state that a crash loses', () => {
  forAllSplits(
    Sale,
    everySecond((saved) => ({ n: (saved as { n: number }).n })),
    few,
  )
  const message = thrown(() =>
    forAllSplits(
      Sale,
      everySecond(() => ({ n: 0 })),
    ),
  )
  expect(message).toMatch(/the split +row1 commit (crash row2|row2 crash)\n/)
})

test('finds what is kept outside of the state when the same batch comes again', () => {
  let seen = 0
  const outside = (rows: Observable<Batch<Sale>>) => rows.pipe(filterRows(() => seen++ % 3 === 0))
  expect(thrown(() => forAllSplits(Sale, outside, { rows: sales(1, 2) }))).toContain('gives other rows when the same batch comes again')
})

test('says what an operator throws, with the split in which it does', () => {
  const refuses = (rows: Observable<Batch<Sale>>) =>
    rows.pipe(
      map((batch) => {
        if (batch.length === 1) throw new Error('one row is not enough')
        return batch
      }),
    )
  const message = thrown(() => forAllSplits(Sale, refuses, { rows: sales(1, 2, 3, 4) }))
  expect(message).toContain('the operator fails when the same rows come in other batches')
  expect(message).toMatch(/in one batch +no error\n/)
  expect(message).toMatch(/in this split +flow "scenario" failed: one row is not enough\n/)
  const always = (rows: Observable<Batch<Sale>>) =>
    rows.pipe(
      map((batch) => {
        if (batch.length > 0) throw new Error('no')
        return batch
      }),
    )
  expect(thrown(() => forAllSplits(Sale, always))).toBe('flow "scenario" failed: no')
})

test('finds an operator that waits for more batches, or for time', () => {
  const buffers = (rows: Observable<Batch<Sale>>) =>
    rows.pipe(
      bufferCount(2),
      mergeMap((batches) => from(batches)),
    )
  expect(thrown(() => forAllSplits(Sale, buffers))).toContain('empty batch')
  const waits = (rows: Observable<Batch<Sale>>) => rows.pipe(concatMap((batch) => (batch.length > 0 ? of(batch).pipe(delay(1)) : of(batch))))
  expect(() => forAllSplits(Sale, waits)).toThrow()
})

test('gives the same splits for the same seed, and refuses what is no proof', () => {
  const all = filterRows(() => true)
  const reportOf = (seed: number) => forAllSplits(Sale, all as (rows: Observable<Batch<Sale>>) => Observable<Batch<Sale>>, { seed, ...few })
  expect(reportOf(3)).toEqual(reportOf(3))
  expect(reportOf(3)).not.toEqual(reportOf(4))
  expect(() => forAllSplits(Sale, all, { rows: [] })).toThrow('there are no rows to split')
  expect(() => forAllSplits(Sale, all, { splits: 0 })).toThrow('splits is a whole number from 1, got 0')
  expect(() => forAllSplits(Sale, all, { seed: 0.5 })).toThrow('seed is a whole number, got 0.5')
})
