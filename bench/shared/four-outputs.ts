import { assignTeam, type Batch, count, countDistinct, highPriority, into, type Storage, type Ticket, tumbling, windowed } from '@tickets/core'
import { parquetSink } from '@tickets/sinks'
import type { Observable } from 'rxjs'

const minute = tumbling({ size: '1 minute' })
const aggregate = { tickets: count(), clients: countDistinct('client_id') }

/** Returns the flows of the four datasets; `at` says where each of them lies. */
export const fourOutputs = (at: (dataset: string) => string | Storage) => (tickets: Observable<Batch<Ticket>>) => ({
  tickets_with_assignment: tickets.pipe(assignTeam(), into(parquetSink(at('tickets_with_assignment')))),
  high_priority_tickets: tickets.pipe(highPriority(), assignTeam(), into(parquetSink(at('high_priority_tickets')))),
  tickets_by_type: tickets.pipe(windowed(minute, { by: 'request_type', aggregate }), into(parquetSink(at('tickets_by_type')))),
  tickets_by_priority: tickets.pipe(windowed(minute, { by: 'priority', aggregate }), into(parquetSink(at('tickets_by_priority')))),
})
