import type { Observable } from 'rxjs'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { count } from '../../packages/core/src/aggregate/count.ts'
import { countDistinct } from '../../packages/core/src/aggregate/count-distinct.ts'
import { sum } from '../../packages/core/src/aggregate/sum.ts'
import type { Batch } from '../../packages/core/src/batch/batch.ts'
import type { LateRow } from '../../packages/core/src/connectors/late-row.ts'
import { into } from '../../packages/core/src/operators/into.ts'
import { runningTotals } from '../../packages/core/src/operators/running-totals.ts'
import { pipeline } from '../../packages/core/src/pipeline/pipeline.ts'
import { defineSchema } from '../../packages/core/src/schema/define.ts'
import { crashEverywhere } from '../../packages/core/src/testing/crash-everywhere.ts'
import { memoryLog } from '../../packages/core/src/testing/memory-log.ts'
import { memorySink } from '../../packages/core/src/testing/memory-sink.ts'
import { memorySource, messagesOf } from '../../packages/core/src/testing/memory-source.ts'
import { quickClock } from '../../packages/core/src/testing/quick-clock.ts'
import { instant } from '../../packages/core/src/values/instant.ts'

const Payment = defineSchema(z.object({ card: z.string(), amount: z.number(), at: instant() }), { name: 'payment', time: 'at' })
type Total = { card: string; n: number; paid: number; amounts: number; updated_at: Date; revision: number }

const totals = (payments: Observable<Batch<z.output<typeof Payment.zod>>>, more: object = {}) =>
  payments.pipe(
    runningTotals({ by: 'card', aggregate: { n: count(), paid: sum('amount'), amounts: countDistinct('amount') }, ttl: '30 seconds', ...more }),
  )

/** Cards, seconds and amounts, one list for each partition: a card that is quiet for longer than it is kept, and a row that is late. */
const partitions = [
  [
    ['a', 0, 0.1],
    ['b', 3, 1],
    ['a', 10, 0.2],
    ['a', 2, 1e22],
    ['b', 50, 2],
    ['a', 60, 3],
    ['c', 20, 4],
    ['b', 21, 5],
  ],
  [
    ['d', 5, 1],
    ['e', 40, 1],
    ['d', 90, 1],
  ],
] as const
const messages = partitions.map((rows) =>
  messagesOf(rows.map(([card, second, amount]) => ({ card, amount, at: new Date(second * 1000).toISOString() }))),
)

const world = (chunk: number) => ({
  source: { ...memorySource({ schema: Payment, partitions: messages, chunk }), keyedBy: ['card'] },
  log: memoryLog(),
  sinks: { totals: memorySink<Total>('totals'), late: memorySink<LateRow>('late') },
})
type World = ReturnType<typeof world>

const adding = ({ source, log, sinks }: World, rows: number, more: object = {}) =>
  pipeline({
    name: 'totals',
    source,
    log,
    late: sinks.late,
    clock: quickClock,
    range: { rows },
    flows: (payments) => ({ totals: totals(payments, more).pipe(into(sinks.totals)) }),
  })

/** The total with the highest revision of each card. */
function newest(rows: readonly Total[]): string[] {
  const of = new Map<string, Total>()
  for (const row of rows) if (row.revision >= (of.get(row.card)?.revision ?? 0)) of.set(row.card, row)
  return [...of.values()].map(({ card, n, paid, amounts, updated_at }) => `${card}@${updated_at.getTime() / 1000} ${n} ${paid} ${amounts}`).sort()
}

// `a` and `d` begin anew: the watermark is 50 and 40 when their last rows come. `c` at 20 is late, and `b` at 21 is not: its card is known.
const expected = ['a@60 1 3 1', 'b@50 3 8 3', 'd@90 1 1 1', 'e@40 1 1 1']

describe('9.4 and 9.6 in a pipeline', () => {
  test.each([
    [1, 1],
    [2, 3],
    [100, 100],
  ])('reads of %i rows and ranges of %i give the same totals in the end', async (chunk, rows) => {
    const made = world(chunk)
    await adding(made, rows).run({ handleSignals: false })
    expect(newest(made.sinks.totals.rows)).toEqual(expected)
    expect(made.sinks.late.rows.map(({ position }) => position)).toEqual([6])
    // What was counted before a card was gone is emitted, too: in one range as in many.
    expect(made.sinks.totals.rows.map(({ card, n, paid }) => `${card} ${n} ${paid}`)).toContain('a 3 1e+22')
  })

  test('a crash at each step changes nothing', { timeout: 180_000 }, async () => {
    const report = await crashEverywhere({ world: () => world(2), pipeline: (parts) => adding(parts, 3) })
    expect(report.crashes).toBeGreaterThan(report.steps.length)
  })

  test('a state beyond its limit stops before the record, and a larger limit continues', async () => {
    const made = world(1)
    await expect(adding(made, 1, { stateLimit: 200 }).run({ handleSignals: false })).rejects.toMatchObject({
      code: 'STATE_LIMIT',
      message: expect.stringContaining('stateLimit of 200 bytes: raise stateLimit'),
    })
    expect(made.sinks.totals.rows).toEqual([])
    await adding(made, 1).run({ handleSignals: false })
    expect(newest(made.sinks.totals.rows)).toEqual(expected)
  })

  test('partitions that are not keyed by it are refused before anything is read', async () => {
    const made = world(1)
    await expect(adding({ ...made, source: { ...made.source, keyedBy: [] } as never }, 1).run({ handleSignals: false })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining('totals/runningTotals keeps rows together by card'),
    })
  })
})
