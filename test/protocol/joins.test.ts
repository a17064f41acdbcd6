import type { Observable } from 'rxjs'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { count } from '../../packages/core/src/aggregate/count.ts'
import type { Batch } from '../../packages/core/src/batch/batch.ts'
import { tableOf } from '../../packages/core/src/connectors/joined/keyed-table.ts'
import type { LateRow } from '../../packages/core/src/connectors/late-row.ts'
import { dedupe } from '../../packages/core/src/operators/dedupe.ts'
import { filterRows } from '../../packages/core/src/operators/filter-rows.ts'
import { fromSource } from '../../packages/core/src/operators/from-source.ts'
import { into } from '../../packages/core/src/operators/into.ts'
import { joinTable } from '../../packages/core/src/operators/join-table.ts'
import { joinWithin } from '../../packages/core/src/operators/join-within.ts'
import { windowed } from '../../packages/core/src/operators/windowed.ts'
import { pipeline } from '../../packages/core/src/pipeline/pipeline.ts'
import { defineSchema } from '../../packages/core/src/schema/define.ts'
import { crashEverywhere } from '../../packages/core/src/testing/crash-everywhere.ts'
import { memoryLog } from '../../packages/core/src/testing/memory-log.ts'
import { memorySink } from '../../packages/core/src/testing/memory-sink.ts'
import { memorySource, messagesOf } from '../../packages/core/src/testing/memory-source.ts'
import { quickClock } from '../../packages/core/src/testing/quick-clock.ts'
import { instant } from '../../packages/core/src/values/instant.ts'
import { tumbling } from '../../packages/core/src/window/tumbling.ts'

const Payment = defineSchema(z.object({ id: z.string(), card: z.string(), at: instant() }), { name: 'payment', time: 'at' })
const Refund = defineSchema(z.object({ refund: z.string(), card: z.string(), at: instant() }), { name: 'refund', time: 'at' })
const Limit = defineSchema(z.object({ card: z.string(), limit: z.int(), gone: z.boolean(), since: instant() }), { name: 'limit', time: 'since' })
type Payment = z.output<typeof Payment.zod>
type Limited = Payment & { limit: number | null }
type Refunded = Payment & { refund: string | null; joined_at: Date }
type Payments = Observable<Batch<Payment>>

const at = (second: number) => new Date(second * 1000).toISOString()
const cards = ['a', 'b', 'c', 'd'] as const
const partitionOf = (card: string) => cards.indexOf(card as (typeof cards)[number]) % 2
/** Deterministic numbers below `n`. */
const numbers = (seed: number) => {
  let state = seed
  return (n: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state % n
  }
}

const made = (() => {
  const next = numbers(7)
  const card = () => cards[next(4)] as string
  const payments = Array.from({ length: 24 }, (_, i) => ({ id: `p${i}`, card: card(), at: at(i * 2) }))
  const refunds = Array.from({ length: 12 }, (_, i) => ({ refund: `r${i}`, card: card(), at: at(i * 4 + 1) }))
  const limits = Array.from({ length: 12 }, (_, i) => ({ card: card(), limit: i, gone: next(5) === 0, since: at(i * 4) }))
  return { payments, refunds, limits }
})()
const split = <R extends { card: string }>(rows: readonly R[]) => [0, 1].map((p) => messagesOf(rows.filter(({ card }) => partitionOf(card) === p)))
const sourceOf = <R extends { card: string }, T>(
  schema: Parameters<typeof memorySource<T>>[0]['schema'],
  topic: string,
  rows: readonly R[],
  chunk: number,
) => ({
  ...memorySource({ schema, topic, partitions: split(rows), chunk }),
  keyedBy: ['card'],
})

/** What the joins give, in the plainest way: nothing is late, since all partitions are in order. */
const expected = (() => {
  const limitAt = (card: string, time: string) => {
    const found = made.limits.findLast((one) => one.card === card && one.since <= time)
    return found && !found.gone ? found.limit : null
  }
  const seconds = (text: string) => Date.parse(text) / 1000
  return {
    limited: made.payments.map(({ id, card, at: time }) => `${id}=${limitAt(card, time)}`).sort(),
    refunded: made.payments
      .flatMap((payment) => {
        const pairs = made.refunds.filter(
          ({ card, at: time }) => card === payment.card && seconds(time) >= seconds(payment.at) && seconds(time) <= seconds(payment.at) + 9,
        )
        return pairs.length > 0 ? pairs.map(({ refund }) => `${payment.id}+${refund}`) : [`${payment.id}+null`]
      })
      .sort(),
  }
})()

const flowsOf = (chunk: number) => {
  const limits = () => tableOf(sourceOf(Limit, 'limits', made.limits, chunk), { key: 'card', deleted: 'gone' })
  const whole = () =>
    tableOf(memorySource({ schema: Limit, topic: 'all-limits', partitions: split(made.limits), chunk }), {
      key: 'card',
      deleted: 'gone',
      partitions: 'all',
    })
  const refunds = () => fromSource(sourceOf(Refund, 'refunds', made.refunds, chunk)).pipe(filterRows(({ refund }) => refund !== ''))
  return { limits, whole, refunds }
}

test('9.6, laws 1 and 2: joins give the same rows after a crash at any step', { timeout: 240_000 }, async () => {
  const report = await crashEverywhere({
    world: () => ({
      source: sourceOf(Payment, 'payments', made.payments, 5),
      log: memoryLog(),
      sinks: { limited: memorySink<Limited>('limited'), refunded: memorySink<Refunded>('refunded') },
    }),
    pipeline({ source, log, sinks }) {
      const { limits, refunds } = flowsOf(5)
      return pipeline({
        ...{ name: 'joins', source, log, clock: quickClock, range: { rows: 20 } },
        flows: (payments: Payments) => ({
          limited: payments.pipe(joinTable(limits(), { on: 'card', columns: ['limit'] }), into(sinks.limited)),
          refunded: payments.pipe(
            joinWithin(refunds(), { on: 'card', within: { after: '9s' }, columns: ['refund'], kind: 'left' }),
            into(sinks.refunded),
          ),
        }),
      })
    },
  })
  expect(report.crashes).toBeGreaterThan(100)
})

test.each([1, 3, 100])('9.2, 9.3 and 9.6: what joins give depends neither on how much is read at once nor on where ranges end: %i', async (chunk) => {
  const [limited, everywhere, refunded, counts] = [memorySink('limited'), memorySink('everywhere'), memorySink('refunded'), memorySink('counts')]
  const { limits, whole, refunds } = flowsOf(chunk)
  const refund = refunds()
  const summary = await pipeline({
    ...{ name: 'joins', source: sourceOf(Payment, 'payments', made.payments, 101 - chunk), log: memoryLog(), clock: quickClock, range: { rows: 4 } },
    flows: (payments: Payments) => ({
      limited: payments.pipe(joinTable(limits(), { on: 'card', columns: ['limit'] }), into(limited)),
      everywhere: payments.pipe(joinTable(whole(), { on: 'card', columns: ['limit'], order: 'time' }), into(everywhere)),
      refunded: payments.pipe(joinWithin(refund, { on: 'card', within: { after: '9s' }, columns: ['refund'], kind: 'left' }), into(refunded)),
      counts: payments.pipe(
        joinWithin(refund, { on: 'card', within: { after: '9s' }, columns: ['refund'] }),
        windowed(tumbling({ size: '10s' }), { by: 'card', aggregate: { n: count() } }),
        into(counts),
      ),
    }),
  }).run()
  const texts = (rows: readonly unknown[], of: (row: never) => string) => rows.map((row) => of(row as never)).sort()
  const withLimit = ({ id, limit }: { id: string; limit: number | null }) => `${id}=${limit}`
  expect(texts(limited.rows, withLimit)).toEqual(expected.limited)
  expect(texts(everywhere.rows, withLimit)).toEqual(expected.limited)
  expect(texts(refunded.rows, ({ id, refund: of }: { id: string; refund: string | null }) => `${id}+${of}`)).toEqual(expected.refunded)
  const pairs = expected.refunded.filter((text) => !text.endsWith('null')).length
  expect(counts.rows.reduce<number>((sum, row) => sum + (row as { n: number }).n, 0)).toBe(pairs)
  expect(summary).toMatchObject({ how: 'done', rows: 24, late: {} })
})

describe('what does not go together is refused before anything is read', () => {
  const refusal = (
    flows: (payments: Payments) => Parameters<typeof pipeline>[0]['flows'] extends (rows: never) => infer R ? R : never,
    partitions = split(made.payments),
  ) =>
    pipeline({
      ...{ name: 'joins', log: memoryLog(), clock: quickClock },
      source: { ...memorySource({ schema: Payment, topic: 'payments', partitions }), keyedBy: ['card'] },
      flows: flows as never,
    }).run()
  const limits = (keyedBy: readonly string[], partitions = split(made.limits)) =>
    tableOf({ ...memorySource({ schema: Limit, topic: 'limits', partitions }), keyedBy }, { key: 'card', deleted: 'gone' })

  test.each([
    ['a table that is not keyed by its key', limits([]), 'does not say what its partitions are keyed by'],
    ['a table with other partitions', limits(['card'], [messagesOf(made.limits)]), 'payments has 2 partitions and limits has 1'],
  ])('%s', async (_what, table, message) => {
    const sink = memorySink('all')
    await expect(
      refusal((payments) => ({ all: payments.pipe(joinTable(table, { on: 'card', columns: ['limit'] }), into(sink)) })),
    ).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining(message),
    })
    expect(sink.rows).toEqual([])
  })

  test('an operator that depends on order behind a join that keeps none, law 2', async () => {
    const flow = (order: 'arrival' | 'time') => (payments: Payments) => ({
      all: payments.pipe(
        joinTable(limits(['card']), { on: 'card', columns: ['limit'], order }),
        dedupe({ key: 'id', within: '1 minute' }),
        into(memorySink('all')),
      ),
    })
    await expect(refusal(flow('arrival'))).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining("set order: 'time'") })
    expect(await refusal(flow('time'))).toMatchObject({ how: 'done', written: { all: 24 } })
  })

  test('a join behind windows, and one that was added to a log without', async () => {
    const windows = (payments: Payments) => ({
      all: payments.pipe(
        windowed(tumbling({ size: '10s' }), { by: 'card', aggregate: { n: count() } }),
        joinTable(limits(['card']), { on: 'card', columns: ['limit'] }),
        into(memorySink('all')),
      ),
    })
    await expect(refusal(windows)).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining('join before the windowed') })
  })
})

test('9.1: rows that come after their own watermark are late in both inputs, go to the late rows, and never come out', async () => {
  const [all, late] = [memorySink('all'), memorySink<LateRow>('late')]
  const source = memorySource({
    ...{ schema: Payment, topic: 'payments' },
    partitions: [
      messagesOf([
        { id: 'p1', card: 'a', at: at(10) },
        { id: 'p2', card: 'a', at: at(9) },
        { id: 'p3', card: 'a', at: at(12) },
      ]),
    ],
  })
  const refunds = memorySource({
    ...{ schema: Refund, topic: 'refunds' },
    partitions: [
      messagesOf([
        { refund: 'r1', card: 'a', at: at(30) },
        { refund: 'r2', card: 'a', at: at(11) },
      ]),
    ],
  })
  const summary = await pipeline({
    ...{ name: 'late', source, log: memoryLog(), clock: quickClock, late },
    flows: (payments: Payments) => ({
      all: payments.pipe(joinWithin(refunds, { on: 'card', within: '1 minute', columns: ['refund'], kind: 'outer' }), into(all)),
    }),
  }).run()
  expect(
    all.rows
      .map((row) => row as { id: string; refund: string })
      .map(({ id, refund }) => `${id}+${refund}`)
      .sort(),
  ).toEqual(['p1+r1', 'p3+r1'])
  expect(late.rows.map(({ row }) => JSON.parse(row) as Record<string, unknown>).map(({ id, refund }) => id ?? refund)).toEqual(
    expect.arrayContaining(['p2', 'r2']),
  )
  expect(summary.late).toEqual({ 'all/joinWithin': 2 })
})
