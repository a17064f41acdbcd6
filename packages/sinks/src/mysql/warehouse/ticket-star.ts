import { ticketFacts } from '@tickets/core/internal'
import { dateDimension } from '../../star/plan/date-dimension.ts'
import { starSchema } from '../../star/star-schema.ts'
import { mysql } from '../mysql.ts'
import type { MysqlConnectionOptions } from '../settings.ts'

/** The SQL of this release: beside this file as a source, beside the built package otherwise. */
export const ticketMigrations = new URL('./migrations/', import.meta.url)

/** Makes the star schema of tickets. Its files make the tables, with indexes and views of their own. */
export function ticketStar({ mode = 'append', ...connection }: MysqlConnectionOptions & { readonly mode?: 'append' | 'overwrite' }) {
  return starSchema({
    database: mysql(connection),
    migrations: ticketMigrations,
    mode,
    dimensions: {
      date: dateDimension(),
      client: { key: 'client_id', columns: { first_ticket_at: 'min', last_ticket_at: 'max' } },
      request_type: { key: 'request_type' },
      priority: { key: 'priority' },
      team: { key: 'team' },
    },
    facts: {
      tickets: {
        schema: ticketFacts.tickets,
        table: 'fact_ticket',
        key: 'ticket_id',
        refers: {
          client: { client_id: 'client_id', first_ticket_at: 'created_at', last_ticket_at: 'created_at' },
          request_type: 'request_type',
          priority: 'priority',
          team: 'assigned_team',
        },
      },
      byType: {
        schema: ticketFacts.byType,
        table: 'fact_tickets_by_type',
        key: ['window_start', 'window_end', 'request_type'],
        refers: { request_type: 'request_type' },
        revisions: 'all',
      },
      byPriority: {
        schema: ticketFacts.byPriority,
        table: 'fact_tickets_by_priority',
        key: ['window_start', 'window_end', 'priority'],
        refers: { priority: 'priority' },
        revisions: 'all',
      },
      metrics: { schema: ticketFacts.metrics, table: 'fact_metrics', key: ['window_start', 'window_end'], revisions: 'all' },
    },
  })
}
