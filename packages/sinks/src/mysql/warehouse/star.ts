import { type Field, type Kind, type Schema, TicketsError } from '@tickets/core'
import type { Column } from '../../sql/connection/dialect.ts'

/** A column that rows for a fact have to have, or may have. */
interface Needed {
  readonly name: string
  readonly kinds: readonly Kind[]
  readonly type: string
  readonly optional?: boolean
}

/** How the rows of one flow come into the star schema. */
export interface Fact {
  readonly table: string
  readonly needs: readonly Needed[]
  /** Each with the id of a staged range as its one parameter; `from` is the quoted table that it is in. */
  statements(from: string, columns: readonly string[], version: number): readonly string[]
}

const text = (name: string, optional = false): Needed => ({ name, kinds: ['string', 'enum'], type: 'varchar(255)', optional })
const time = (name: string): Needed => ({ name, kinds: ['instant'], type: 'datetime(3)' })
const whole = (name: string, optional = false): Needed => ({ name, kinds: ['integer', 'int32'], type: 'bigint', optional })
const revision: Needed = { name: 'revision', kinds: ['int32'], type: 'int' }
const here = 's._tickets_range = ?'

/** The days of a column that are not in `dim_date` yet. What is there already is only read, so that tasks do not wait for each other. */
const days = (
  from: string,
  column: string,
) => `INSERT INTO dim_date (date_key, year, quarter, month, month_name, iso_week, day, day_of_week, day_name, is_weekend)
SELECT d, YEAR(d), QUARTER(d), MONTH(d), ELT(MONTH(d), 'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'),
  WEEK(d, 3), DAYOFMONTH(d), WEEKDAY(d) + 1, ELT(WEEKDAY(d) + 1, 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'), WEEKDAY(d) >= 5
FROM (SELECT DISTINCT DATE(s.${column}) AS d FROM ${from} AS s WHERE ${here}) AS n
WHERE NOT EXISTS (SELECT 1 FROM dim_date WHERE date_key = n.d) ORDER BY d ON DUPLICATE KEY UPDATE date_key = VALUES(date_key)`

/** The members of a small dimension that are not in it yet. */
const members = (from: string, table: string, name: string, column = name) =>
  `INSERT INTO ${table} (${name}) SELECT DISTINCT s.${column} AS v FROM ${from} AS s WHERE ${here} AND s.${column} IS NOT NULL
AND NOT EXISTS (SELECT 1 FROM ${table} AS d WHERE d.${name} = s.${column}) ORDER BY v ON DUPLICATE KEY UPDATE ${name} = VALUES(${name})`

const clients = (from: string) => `INSERT INTO dim_client (client_id, first_ticket_at, last_ticket_at)
SELECT s.client_id, MIN(s.created_at), MAX(s.created_at) FROM ${from} AS s WHERE ${here} GROUP BY s.client_id ORDER BY s.client_id
ON DUPLICATE KEY UPDATE first_ticket_at = LEAST(first_ticket_at, VALUES(first_ticket_at)), last_ticket_at = GREATEST(last_ticket_at, VALUES(last_ticket_at))`

/** A ticket that comes twice is one row: the later one, in whatever order they are loaded. */
function tickets(from: string, team: string, version: number): string {
  const set = (name: string) => `${name} = IF(VALUES(created_at) >= fact_ticket.created_at, VALUES(${name}), fact_ticket.${name})`
  const others = ['client_id', 'request_type', 'priority', 'team', 'request', 'snapshot_date', 'snapshot_version'].map(set).join(', ')
  return `INSERT INTO fact_ticket (ticket_id, client_id, request_type, priority, team, created_at, request, snapshot_date, snapshot_version)
SELECT s.ticket_id, s.client_id, s.request_type, s.priority, ${team}, s.created_at, s.request, DATE(s.created_at), ${version}
FROM ${from} AS s WHERE ${here} ORDER BY s.ticket_id, s._tickets_row
ON DUPLICATE KEY UPDATE ${others}, created_at = GREATEST(fact_ticket.created_at, VALUES(created_at))`
}

/** Each revision of a window is a row of its own. */
function windows(from: string, table: string, keys: readonly string[], values: readonly string[]): string {
  const bounds = ['window_start', 'window_end', ...keys]
  return `INSERT INTO ${table} (${[...bounds, ...values].join(', ')}, snapshot_date, snapshot_version)
SELECT ${[...bounds, ...values].map((name) => `s.${name}`).join(', ')}, DATE(s.window_start), s.revision FROM ${from} AS s WHERE ${here}
ORDER BY ${bounds.map((name) => `s.${name}`).join(', ')}, s._tickets_row ON DUPLICATE KEY UPDATE ${values.map((name) => `${name} = VALUES(${name})`).join(', ')}`
}

const grouped = (table: string, by: string, dimension: string): Fact => ({
  table,
  needs: [time('window_start'), time('window_end'), text(by), whole('tickets'), whole('clients', true), revision],
  statements: (from, columns) => [
    days(from, 'window_start'),
    members(from, dimension, by),
    windows(from, table, [by], ['tickets', ...(columns.includes('clients') ? ['clients'] : [])]),
  ],
})

const counts = ['total_tickets', 'billing_count', 'technical_count', 'account_count', 'general_count', 'critical_priority_count', 'unique_clients']

/** The facts by the name of their sink. */
export const facts = {
  tickets: {
    table: 'fact_ticket',
    needs: [
      text('ticket_id'),
      text('client_id'),
      time('created_at'),
      { ...text('request'), type: 'longtext' },
      text('request_type'),
      text('priority'),
      text('assigned_team', true),
    ],
    statements: (from, columns, version) => {
      const hasTeam = columns.includes('assigned_team')
      return [
        days(from, 'created_at'),
        clients(from),
        members(from, 'dim_request_type', 'request_type'),
        members(from, 'dim_priority', 'priority'),
        ...(hasTeam ? [members(from, 'dim_team', 'team', 'assigned_team')] : []),
        tickets(from, hasTeam ? 's.assigned_team' : 'NULL', version),
      ]
    },
  },
  byType: grouped('fact_tickets_by_type', 'request_type', 'dim_request_type'),
  byPriority: grouped('fact_tickets_by_priority', 'priority', 'dim_priority'),
  metrics: {
    table: 'fact_metrics',
    needs: [time('window_start'), time('window_end'), ...counts.map((name) => whole(name)), revision],
    statements: (from) => [days(from, 'window_start'), windows(from, 'fact_metrics', [], counts)],
  },
} as const satisfies Record<string, Fact>

/**
 * Returns the staged columns of a flow for a fact. Throws `SCHEMA_MISMATCH` for a missing column, one of another kind, or one that the fact lacks.
 */
export function factColumns({ table, needs }: Fact, schema: Schema<unknown>, collation: string): readonly Column[] {
  const refuse = (why: string) => new TicketsError('SCHEMA_MISMATCH', `${schema.name} does not fit ${table}: ${why}`)
  for (const { name, kinds, optional } of needs) {
    const field = schema.fields.find((one) => one.name === name)
    if (!field && !optional) throw refuse(`it has no column "${name}" (${kinds.join(' or ')})`)
    if (field && !kinds.includes(field.kind)) throw refuse(`its column "${name}" is ${field.kind}, and has to be ${kinds.join(' or ')}`)
    if (field && !optional && (field.optional || field.nullable)) throw refuse(`its column "${name}" may be without a value: fill it in with mapRows`)
  }
  return schema.fields.map((field: Field) => {
    const need = needs.find((one) => one.name === field.name)
    if (!need)
      throw refuse(`there is no place for its column "${field.name}": take it out with mapRows, or write to a table of its own with mysqlSink`)
    const isText = need.kinds.includes('string')
    return { name: field.name, type: need.type, collation: isText ? collation : null, nullable: field.optional || field.nullable }
  })
}
