import { from, type Observable } from 'rxjs'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { count } from '../aggregate/count.ts'
import { millis } from '../base/duration.ts'
import { Batch } from '../batch/batch.ts'
import { defineSchema } from '../schema/define.ts'
import { checkOperator } from '../testing/check-operator.ts'
import { scenario } from '../testing/scenario/scenario.ts'
import { instant } from '../values/instant.ts'
import { tumbling } from '../window/tumbling.ts'
import { filterRows } from './filter-rows.ts'
import { keyedOperator } from './keyed-operator.ts'
import { windowed } from './windowed.ts'

const Payment = defineSchema(z.object({ card: z.string(), status: z.enum(['paid', 'failed']), at: instant() }), { name: 'payment', time: 'at' })
const Alert = defineSchema(z.object({ card: z.string(), at: instant(), what: z.string() }), { name: 'alert', time: 'at' })
type Payment = z.output<typeof Payment.zod>
type Alert = z.output<typeof Alert.zod>
type Payments = Observable<Batch<Payment>>

const show = ({ card, at, what }: Alert) => `${card}@${at.getTime() / 1000}=${what}`
const row = ({ key, value, time }: { key: string; value: string | null; time: Date }): Payment => ({
  card: key,
  status: value === 'paid' ? 'paid' : 'failed',
  at: time,
})

const WITHIN = millis('5 minutes', 'within')

/** Three failed payments of a card within five minutes give one alert. */
const threeFailures = (payments: Payments) =>
  payments.pipe(
    filterRows(({ status }) => status === 'failed'),
    keyedOperator(Alert, {
      id: 'three-failures',
      by: 'card',
      init: () => [] as number[],
      onRow({ card }, context) {
        context.state = [...context.state, context.time].filter((time) => time > context.time - WITHIN)
        if (context.state.length < 3) return
        context.emit({ card, at: new Date(context.time), what: 'three' })
        context.clear()
      },
      ttl: '5 minutes',
    }),
  )

/** A payment that is not paid within ten seconds gives an alert. */
const unpaid = (payments: Payments) =>
  payments.pipe(
    keyedOperator(Alert, {
      by: 'card',
      init: () => ({ due: null as number | null }),
      onRow({ status }, context) {
        if (status === 'failed') context.state.due ??= context.setTimer({ after: '10 seconds' })
        else {
          if (context.state.due !== null) context.cancelTimer(context.state.due)
          context.clear()
        }
      },
      onTimer(time, context) {
        context.emit({ card: context.key.card, at: new Date(time), what: 'unpaid' })
        context.clear()
      },
    }),
  )

describe('keyedOperator', () => {
  test('three failed payments in five minutes give one alert', () => {
    scenario(Payment, threeFailures, { row, show })
      .feed('a@0 b@10 a@60 a=paid@70 B X a@299')
      .emits('a@299=three')
      .feed('a@300 a@308 X b@309 b@309.5')
      .emits('b@309.5=three')
      .feed('b@310 | b@611 X b@612 $')
      .emits('')
  })

  test('over partitions that are keyed by it, each card has its alert', () => {
    scenario(Payment, threeFailures, { row, show, partitions: 2, keyedBy: ['card'] })
      .feed('p0:a@0 p1:b@0 p0:a@1 p1:b@1 R p0:a@2 p1:b@2')
      .emits('a@2=three b@2=three')
  })

  test('over partitions that are not keyed by it, it is refused and says what to do', () => {
    const run = (keyedBy: readonly string[]) => scenario(Payment, threeFailures, { partitions: 2, keyedBy })
    expect(() => run([])).toThrow('scenario/three-failures keeps rows together by card inside of a partition')
    expect(() => run(['status'])).toThrow('is keyed by status: group by the source')
  })

  test('a timer fires when the watermark has passed it, unless it was cancelled', () => {
    scenario(Payment, unpaid, { row, show })
      .feed('a@0 b@1 b=paid@5 c@10')
      .emits('')
      .feed('X c@10.001')
      .emits('a@10=unpaid')
      .feed('$')
      .emits('c@20=unpaid')
  })

  test.each([
    ['three failures', threeFailures],
    ['unpaid', unpaid],
    ['windows of what timers emit', (rows: Payments) => rows.pipe(unpaid, windowed(tumbling({ size: '20s' }), { aggregate: { n: count() } }))],
  ])('keeps the laws: %s', (_what, operator) => {
    const rows = Array.from({ length: 160 }, (_, i): Payment => {
      const late = i % 11 === 4 ? 25_000 : 0
      return { card: `card-${i % 5}`, status: i % 7 === 3 ? 'paid' : 'failed', at: new Date(i * 2_000 - late) }
    })
    checkOperator(Payment, operator as typeof unpaid, { rows })
  })

  test('outside of a pipeline the end of the stream fires all timers', () => {
    const got: string[] = []
    from(
      [[0, 4], [11]].map((times) =>
        Batch.of(
          Payment,
          times.map((time) => row({ key: 'a', value: null, time: new Date(time * 1000) })),
        ),
      ),
    )
      .pipe(unpaid)
      .subscribe((batch) => got.push(`${batch.length}`, ...[...batch].map(show)))
    expect(got).toEqual(['1', 'a@10=unpaid'])
  })
})
