import type { Sink, TicketMetrics } from '@tickets/core'
import type { MysqlConnectionOptions } from '../settings.ts'
import { ticketStar } from './ticket-star.ts'

/** What a row of `fact_ticket` is made from: a `Ticket`, with or without its team. */
export interface WarehouseTicket {
  readonly ticket_id: string
  readonly client_id: string
  readonly created_at: Date
  readonly request: string
  readonly request_type: string
  readonly priority: string
  readonly assigned_team?: string
}

interface WarehouseWindow {
  readonly window_start: Date
  readonly window_end: Date
  readonly tickets: number
  readonly clients?: number
  readonly revision: number
}

/** What a row of `fact_tickets_by_type` is made from. */
export interface WarehouseByType extends WarehouseWindow {
  readonly request_type: string
}

/** What a row of `fact_tickets_by_priority` is made from. */
export interface WarehouseByPriority extends WarehouseWindow {
  readonly priority: string
}

/** Settings of `warehouse`. */
export interface WarehouseOptions extends MysqlConnectionOptions {
  /** As for `mysqlSink`, for each of the facts that a pipeline writes; dimensions stay. */
  readonly mode?: 'append' | 'overwrite'
}

/** A sink for each fact of the star schema. */
export interface Warehouse {
  readonly tickets: Sink<WarehouseTicket>
  readonly byType: Sink<WarehouseByType>
  readonly byPriority: Sink<WarehouseByPriority>
  readonly metrics: Sink<TicketMetrics>
}

/**
 * Makes sinks for a star schema of tickets in MySQL or MariaDB, exactly once: one transaction writes a range of facts with the dimensions it needs.
 *
 * The tables and views are made when the pipeline starts. `byType` and `byPriority` take windows with the aggregates `tickets` and, if wanted, `clients`.
 * Tickets of high priority need no sink: the view `v_high_priority_tickets` has them.
 *
 * @throws as `mysqlSink`; `SCHEMA_MISMATCH` where a flow's columns are not those of its fact
 * @example
 * const { tickets } = warehouse({ url: 'mysql://app:secret@localhost/support' })
 * rows.pipe(assignTeam(), into(tickets)) // fact_ticket, dim_client, dim_date, dim_request_type, dim_priority, dim_team
 */
export function warehouse(options: WarehouseOptions): Warehouse {
  return ticketStar(options).facts
}
