import { type Batch, count, countDistinct, filterColumn, flatMapRows, last, runningTotals, sum, sumDecimal, tumbling, windowed } from '@tickets/core'
import type { Observable } from 'rxjs'
import { fraudAlerts } from './alerts.ts'
import type { CheckedPayment } from './checks.ts'
import { Sale, salesOf } from './payment.ts'
import { PARIS } from './transaction.ts'

/** Returns the tables that are kept of payments: four running totals, days as they are in Paris, and alerts. */
export function tablesOf(payments: Observable<Batch<CheckedPayment>>) {
  const paid = payments.pipe(filterColumn('outcome', (outcome) => outcome === 'paid'))
  const failed = payments.pipe(filterColumn('outcome', (outcome) => outcome === 'failed'))
  return {
    totals_by_product: paid.pipe(
      flatMapRows(Sale, salesOf),
      runningTotals({ by: ['sku', 'currency'], aggregate: { sales: count(), units: sum('quantity'), revenue: sumDecimal('amount') } }),
    ),
    totals_by_country: paid.pipe(
      runningTotals({ by: ['country', 'currency'], aggregate: { payments: count(), users: countDistinct('user_id'), revenue: sumDecimal('total') } }),
    ),
    totals_by_user: paid.pipe(
      runningTotals({ by: ['user_id', 'currency'], aggregate: { payments: count(), spent: sumDecimal('total'), last_method: last('method') } }),
    ),
    totals_by_method: payments.pipe(
      runningTotals({ by: ['method', 'outcome', 'currency'], aggregate: { payments: count(), amount: sumDecimal('total') } }),
    ),
    totals_by_day: payments.pipe(
      windowed(tumbling({ size: '1 day', timeZone: PARIS }), {
        by: ['outcome', 'currency'],
        aggregate: { payments: count(), amount: sumDecimal('total') },
      }),
    ),
    fraud_alerts: failed.pipe(fraudAlerts),
  }
}
