import { type Batch, defineSchema, instant, keyedOperator, millis } from '@tickets/core'
import type { Observable } from 'rxjs'
import * as z from 'zod'
import type { Payment } from './payment.ts'

/** The third failed payment of a user within five minutes, and when the first of them was. */
export const FraudAlert = defineSchema(z.object({ alerted_at: instant(), user_id: z.string(), first_failed_at: instant() }), {
  name: 'fraud_alert',
  time: 'alerted_at',
})

const FIVE_MINUTES = millis('5 minutes', 'FIVE_MINUTES')

/** Gives one alert for three failed payments of a user in five minutes, and no other while the user keeps failing at this rate. */
export const fraudAlerts = (failed: Observable<Batch<Pick<Payment, 'paid_at'> & { user_id: string }>>) =>
  failed.pipe(
    keyedOperator(FraudAlert, {
      by: 'user_id',
      init: () => ({ failures: [] as number[], isAlerted: false }),
      onRow({ user_id, paid_at }, { state, time, emit }) {
        state.failures = [...state.failures.filter((failure) => failure > time - FIVE_MINUTES), time].slice(-3)
        const isBurst = state.failures.length === 3
        if (isBurst && !state.isAlerted) emit({ alerted_at: paid_at, user_id, first_failed_at: new Date(state.failures[0] ?? time) })
        state.isAlerted = isBurst
      },
      ttl: FIVE_MINUTES,
    }),
  )
