import type { Observable } from 'rxjs'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import type { Batch } from '../../packages/core/src/batch/batch.ts'
import { into } from '../../packages/core/src/operators/into.ts'
import { keyedOperator } from '../../packages/core/src/operators/keyed-operator.ts'
import { mapAsync } from '../../packages/core/src/operators/map-async.ts'
import { statefulOperator } from '../../packages/core/src/operators/stateful-operator.ts'
import { pipeline } from '../../packages/core/src/pipeline/pipeline.ts'
import { defineSchema } from '../../packages/core/src/schema/define.ts'
import { crashEverywhere } from '../../packages/core/src/testing/crash-everywhere.ts'
import { memoryLog } from '../../packages/core/src/testing/memory-log.ts'
import { memorySink } from '../../packages/core/src/testing/memory-sink.ts'
import { memorySource, messagesOf } from '../../packages/core/src/testing/memory-source.ts'
import { quickClock } from '../../packages/core/src/testing/quick-clock.ts'
import { KeyedModel } from '../../packages/core/src/testing/scenario/keyed-model.ts'
import { instant } from '../../packages/core/src/values/instant.ts'

const Payment = defineSchema(z.object({ card: z.string(), status: z.enum(['paid', 'failed']), at: instant() }), { name: 'payment', time: 'at' })
const Alert = defineSchema(z.object({ card: z.string(), what: z.string(), at: instant(), failures: z.int() }), { name: 'alert', time: 'at' })
type Payment = z.output<typeof Payment.zod>
type Alert = z.output<typeof Alert.zod>
type Payments = Observable<Batch<Payment>>

/** Counts the failures of a card, says each, and 10 seconds after each how many there are. */
const failures = (payments: Payments) =>
  payments.pipe(
    keyedOperator(Alert, {
      by: 'card',
      init: () => ({ failures: 0 }),
      ttl: '30 seconds',
      onRow({ card, at }, context) {
        context.state.failures++
        context.setTimer({ after: '10 seconds' })
        context.emit({ card, at, what: context.isLate ? 'late' : 'row', failures: context.state.failures })
      },
      onTimer: (time, context) => context.emit({ card: context.key.card, at: new Date(time), what: 'timer', failures: context.state.failures }),
      onEnd: (context) => context.emit({ card: context.key.card, at: new Date(context.time), what: 'end', failures: context.state.failures }),
    }),
  )

/** Counts the alerts of a card, and says 11 seconds after each how many there are. What comes before it waits for a promise. */
const counted = (payments: Payments) =>
  failures(payments).pipe(
    mapAsync(Alert, async (alert) => alert),
    keyedOperator(Alert, {
      id: 'counted',
      by: 'card',
      init: () => ({ alerts: 0 }),
      onRow(_alert, context) {
        context.state.alerts++
        context.setTimer({ after: '11 seconds' })
      },
      onTimer: (time, context) => context.emit({ card: context.key.card, at: new Date(time), what: 'counted', failures: context.state.alerts }),
    }),
  )

/** Cards and seconds, one list for each partition: rows out of order, timers that a later row passes, cards that are quiet for longer than their state lives. */
const partitions: readonly (readonly (readonly [card: string, second: number])[])[] = [
  [
    ['a', 0],
    ['b', 3],
    ['a', 10],
    ['a', 2],
    ['b', 13],
    ['b', 14],
    ['a', 60],
    ['a', 35],
    ['b', 61],
  ],
  [
    ['c', 5],
    ['c', 5],
    ['d', 40],
    ['c', 16],
    ['c', 90],
  ],
]

const messages = partitions.map((rows) =>
  messagesOf(rows.map(([card, second]) => ({ card, status: 'failed', at: new Date(second * 1000).toISOString() }))),
)

function world(chunk: number) {
  const source = { ...memorySource({ schema: Payment, partitions: messages, chunk }), keyedBy: ['card'] }
  return { source, log: memoryLog(), sinks: { alerts: memorySink<Alert>('alerts') } }
}

const alerting = ({ source, log, sinks }: ReturnType<typeof world>, rows: number, operator = failures) =>
  pipeline({
    name: 'alerts',
    source,
    log,
    clock: quickClock,
    range: { rows },
    flows: (payments) => ({ alerts: operator(payments).pipe(into(sinks.alerts)) }),
  })

/** What the model says, in words. */
function expected(): string[] {
  const models = partitions.map((rows) => {
    const model = new KeyedModel(0, 30_000)
    for (const [key, second] of rows) model.row({ key, time: second * 1000, dropped: false, acts: [{ do: 'count' }, { do: 'set', after: 10_000 }] })
    model.end()
    return model.calls.map(({ key, what, time, count }) => `${key}@${time / 1000} ${what} ${count}`)
  })
  return models.flat().sort()
}
const words = (rows: readonly Alert[]) => rows.map(({ card, what, at, failures: n }) => `${card}@${at.getTime() / 1000} ${what} ${n}`).sort()

describe('9.5 and 9.6 in a pipeline', () => {
  test.each([
    [1, 1],
    [2, 3],
    [100, 100],
  ])('reads of %i rows and ranges of %i give what the model gives', async (chunk, rows) => {
    const made = world(chunk)
    await alerting(made, rows).run({ handleSignals: false })
    expect(words(made.sinks.alerts.rows)).toEqual(expected())
    expect(expected()).toContain('a@35 late 5')
  })

  test('what timers emit passes asynchronous operators before later timers of the next operator fire', async () => {
    const given = async (chunk: number, rows: number) => {
      const made = world(chunk)
      await alerting(made, rows, counted).run({ handleSignals: false })
      return words(made.sinks.alerts.rows)
    }
    const whole = await given(100, 100)
    expect(whole.length).toBeGreaterThan(20)
    expect(await given(1, 1)).toEqual(whole)
    expect(await given(2, 3)).toEqual(whole)
  })

  test('a crash at each step changes nothing', { timeout: 180_000 }, async () => {
    const report = await crashEverywhere({ world: () => world(2), pipeline: (parts) => alerting(parts, 3) })
    expect(report.crashes).toBeGreaterThan(report.steps.length)
  })
})

describe('9.5 state by key needs partitions that are keyed by it', () => {
  const perCard = statefulOperator<Payment, Payment, object>({
    id: 'per-card',
    by: 'card',
    init: () => ({}),
    onBatch: (_state, batch) => batch,
    snapshot: () => null,
    restore: () => ({}),
  })
  const run = (operator: (payments: Payments) => Observable<Batch<unknown>>, keyedBy: readonly string[] | null, count = 3) =>
    pipeline({
      name: 'alerts',
      source: { ...memorySource({ schema: Payment, partitions: messages.concat([[]]).slice(0, count) }), ...(keyedBy ? { keyedBy } : {}) },
      log: memoryLog(),
      flows: (payments) => ({ alerts: operator(payments).pipe(into(memorySink('alerts') as never)) }),
    }).run({ handleSignals: false })

  test.each([
    ['keyedOperator', failures, 'alerts/keyedOperator'],
    ['statefulOperator with by', (payments: Payments) => payments.pipe(perCard), 'alerts/per-card'],
  ])('%s is refused before anything is read, and says what to do', async (_what, operator, name) => {
    for (const keyedBy of [null, ['status']])
      await expect(run(operator, keyedBy)).rejects.toMatchObject({
        code: 'OPTION_INVALID',
        message: expect.stringMatching(`${name} keeps rows together by card .* has 3 of them .* \`repartition\``),
      })
    expect((await run(operator, ['card'])).how).toBe('done')
    expect((await run(operator, null, 1)).how).toBe('done')
  })
})
