import {
  assignTeam,
  type Batch,
  count,
  countDistinct,
  highPriority,
  into,
  type Sink,
  type Storage,
  type Ticket,
  ticketMetrics,
  tumbling,
  windowed,
} from '@tickets/core'
import { csvSink, day, type FileOptions, jsonSink, parquetSink } from '@tickets/sinks'
import type { Observable } from 'rxjs'

/** Makes a sink of files in a dataset's place. */
export type MakeFiles = (place: string | Storage, options: FileOptions) => Sink<unknown>

export const minute = tumbling({ size: '1 minute', grace: '5 seconds' })
export const aggregate = { tickets: count(), clients: countDistinct('client_id') }

/** The five datasets that the check compares: tickets in two formats, windows in two, and the metrics. */
export const ticketFlows = (tickets: Observable<Batch<Ticket>>, to: (make: MakeFiles, name: string) => Sink<unknown>) => ({
  tickets_with_assignment: tickets.pipe(assignTeam(), into(to(parquetSink, 'tickets_with_assignment'))),
  high_priority_tickets: tickets.pipe(highPriority(), assignTeam(), into(to(jsonSink, 'high_priority_tickets'))),
  tickets_by_type: tickets.pipe(
    windowed(minute, { by: 'request_type', aggregate: { ...aggregate, texts: countDistinct('request') } }),
    into(to(parquetSink, 'tickets_by_type')),
  ),
  tickets_by_priority: tickets.pipe(windowed(minute, { by: 'priority', aggregate }), into(to(csvSink, 'tickets_by_priority'))),
  metrics: tickets.pipe(ticketMetrics(minute), into(to(parquetSink, 'metrics'))),
})

/** Tickets in Hive partitions, and windows, for a lake that is compacted. */
export const lakeFlows = (tickets: Observable<Batch<Ticket>>, to: (make: MakeFiles, name: string) => Sink<unknown>) => ({
  lake: tickets.pipe(
    assignTeam(),
    into(
      to(
        (place, options) =>
          parquetSink<Ticket>(place, { ...(options as FileOptions<Ticket>), partitionBy: ['request_type', day('created_at')] }) as Sink<unknown>,
        'tickets',
      ),
    ),
  ),
  lake_by_type: tickets.pipe(windowed(minute, { by: 'request_type', aggregate }), into(to(parquetSink, 'by_type'))),
})
