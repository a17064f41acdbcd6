import { type Batch, count, sumDecimal, tumbling, windowed } from '@tickets/core'
import type { Observable } from 'rxjs'
import type { Order } from './order.ts'

const minute = tumbling({ size: '1 minute' })

/** Orders and revenue of each city, minute by minute. */
export const revenueByCity = (orders: Observable<Batch<Order>>) =>
  orders.pipe(windowed(minute, { by: 'city', aggregate: { orders: count(), revenue: sumDecimal('amount') } }))
