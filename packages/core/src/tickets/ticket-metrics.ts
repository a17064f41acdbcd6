import type { OperatorFunction } from 'rxjs'
import { count, countWhere } from '../aggregate/count.ts'
import { countDistinct } from '../aggregate/count-distinct.ts'
import type { Batch } from '../batch/batch.ts'
import type { WindowedOptions } from '../operators/windowed/definition.ts'
import { windowed } from '../operators/windowed.ts'
import type { Window } from '../window/engine/window.ts'
import { tumbling } from '../window/tumbling.ts'

/** Returns the aggregates of `ticketMetrics`. */
const metrics = () => ({
  total_tickets: count(),
  billing_count: countWhere('request_type', 'billing'),
  technical_count: countWhere('request_type', 'technical'),
  account_count: countWhere('request_type', 'account'),
  general_count: countWhere('request_type', 'general'),
  critical_priority_count: countWhere('priority', 'critical'),
  unique_clients: countDistinct('client_id'),
})

/** The columns that are counted. */
interface Counted {
  request_type: string
  priority: string
  client_id: string
}

/** A row of `ticketMetrics`. */
export interface TicketMetrics {
  window_start: Date
  window_end: Date
  total_tickets: number
  billing_count: number
  technical_count: number
  account_count: number
  general_count: number
  critical_priority_count: number
  unique_clients: number
  revision: number
}

/**
 * Emits one row of counts for each window: all tickets, tickets by type, critical tickets, and different clients.
 *
 * @param window tumbling windows of one minute by default
 * @example
 * tickets.pipe(ticketMetrics(tumbling({ size: '1 hour' }))) // { window_start, window_end, total_tickets: 3, billing_count: 2, … }
 */
export function ticketMetrics<T extends Counted>(
  window: Window = tumbling({ size: '1 minute' }),
  options: Pick<WindowedOptions<T, never, never>, 'id' | 'late'> = {},
): OperatorFunction<Batch<T>, Batch<TicketMetrics>> {
  return windowed<Counted, never, ReturnType<typeof metrics>>(window, { aggregate: metrics(), ...options })
}
