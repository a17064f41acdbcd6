import { join } from 'node:path'
import { assignTeam, type Batch, count, countDistinct, highPriority, into, type Ticket, ticketMetrics, tumbling, windowed } from '@tickets/core'
import { type FileFormat, fileSink } from '@tickets/sinks'
import type { Observable } from 'rxjs'

/** The five datasets that every ticket ends up in, as folders of `output`. */
export function fiveOutputs(output: string, format: FileFormat, mode: 'append' | 'overwrite' = 'append') {
  const to = (name: string) => into(fileSink(join(output, name), { format, mode }))
  const minute = tumbling({ size: '1 minute' })
  const aggregate = { tickets: count(), clients: countDistinct('client_id') }
  return (tickets: Observable<Batch<Ticket>>) => ({
    tickets_with_assignment: tickets.pipe(assignTeam(), to('tickets_with_assignment')),
    high_priority_tickets: tickets.pipe(highPriority(), assignTeam(), to('high_priority_tickets')),
    tickets_by_type: tickets.pipe(windowed(minute, { by: 'request_type', aggregate }), to('tickets_by_type')),
    tickets_by_priority: tickets.pipe(windowed(minute, { by: 'priority', aggregate }), to('tickets_by_priority')),
    metrics: tickets.pipe(ticketMetrics(minute), to('metrics')),
  })
}
