import { join } from 'node:path'
import type { SentTo } from './config.ts'
import { inJoined, type JoinedFound } from './joined-expected.ts'
import { inKeyed, type KeyedFound } from './keyed-expected.ts'
import { inNested, type NestedFound } from './nested-expected.ts'

const text = 'VARCHAR'
const window = 'epoch_ms(window_start::TIMESTAMPTZ) AS window_start, epoch_ms(window_end::TIMESTAMPTZ) AS window_end'
const ticket = 'ticket_id, client_id, epoch_ms(created_at::TIMESTAMPTZ) AS created_at, request, request_type, priority'

/** How each dataset is read back: its columns in the order of what is expected, and the key of a window. */
export const tables = {
  tickets_with_assignment: { isWindow: false, reader: 'parquet', key: '', columns: `${ticket}, assigned_team` },
  high_priority_tickets: { isWindow: false, reader: 'json', key: '', columns: `${ticket}, assigned_team` },
  tickets_by_type: {
    isWindow: true,
    reader: 'parquet',
    key: 'window_start, window_end, request_type',
    columns: `${window}, request_type, tickets::BIGINT AS tickets, clients::BIGINT AS clients, texts::BIGINT AS texts, revision`,
  },
  tickets_by_priority: {
    isWindow: true,
    reader: 'csv',
    key: 'window_start, window_end, priority',
    columns: `${window}, priority, tickets::BIGINT AS tickets, clients::BIGINT AS clients, revision::INTEGER AS revision`,
  },
  metrics: {
    isWindow: true,
    reader: 'parquet',
    key: 'window_start, window_end',
    columns: `${window}, total_tickets::BIGINT AS a, billing_count::BIGINT AS b, technical_count::BIGINT AS c, account_count::BIGINT AS d, general_count::BIGINT AS e, critical_priority_count::BIGINT AS f, unique_clients::BIGINT AS g, revision`,
  },
  dead_letters: {
    isWindow: false,
    reader: 'json',
    key: '',
    columns: `regexp_extract("partition", '-(\\d+)$', 1)::INTEGER AS p, position::BIGINT AS position, CASE encoding WHEN 'utf8' THEN to_base64(encode("value")) ELSE "value" END AS raw`,
  },
  late: {
    isWindow: false,
    reader: 'json',
    key: '',
    columns: `flow, position::BIGINT AS position, json_extract_string("row", '$.ticket_id') AS ticket_id, epoch_ms(event_time::TIMESTAMPTZ) AS t, epoch_ms(watermark::TIMESTAMPTZ) AS w`,
  },
} as const

const json: Readonly<Record<string, readonly string[]>> = {
  high_priority_tickets: ['ticket_id', 'client_id', 'created_at', 'request', 'request_type', 'priority', 'assigned_team'],
  dead_letters: ['topic', 'partition', 'position', 'reason', 'key', 'value', 'encoding'],
  late: ['flow', 'operator', 'event_time', 'watermark', 'windows', 'position', 'row'],
}

/** The files of a dataset as DuckDB's reader of that format gives them. */
export function actual(reader: 'parquet' | 'json' | 'csv', folder: string, name: string): string {
  const glob = (extension: string) => `'${join(folder, `*.${extension}`)}'`
  if (reader === 'parquet') return `read_parquet(${glob('parquet')})`
  if (reader === 'csv') return `read_csv(${glob('csv')}, header = true, all_varchar = true, union_by_name = true)`
  const columns = json[name]?.map((column) => `"${column}": '${text}'`).join(', ')
  const read = `read_json(${glob('jsonl')}, format = 'newline_delimited', columns = {${columns}})`
  // Joins, and windows that go to a lake or a warehouse have late rows of their own.
  return name === 'late' ? `${read} WHERE flow NOT SIMILAR TO '(lake|facts|keyed|joined).*'` : read
}

const of = (condition: string) => `count(*) FILTER (WHERE ${condition})`

/** What the datasets must hold, recomputed from the messages alone: the rules of time (docs/internals/protocol.md#time) in SQL. */
export function expected(dump: string): readonly string[] {
  const read = `read_json('${dump}', format = 'newline_delimited', columns = {partition: 'INTEGER', position: 'BIGINT', valid: 'BOOLEAN', raw: '${text}',
    ticket_id: '${text}', client_id: '${text}', created_at: 'TIMESTAMPTZ', request: '${text}', request_type: '${text}', priority: '${text}'})`
  const windows = `CREATE TABLE windows AS SELECT *, epoch_ms(ws) AS window_start, epoch_ms(ws + INTERVAL 1 MINUTE) AS window_end FROM tickets WHERE NOT is_late`
  return [
    `CREATE TABLE messages AS FROM ${read}`,
    // W before each row: the largest event time of its partition so far, less 2 seconds. Late: W has passed the end and 5 seconds of grace.
    `CREATE TABLE tickets AS SELECT *, coalesce(ws + INTERVAL 65 SECOND <= w, false) AS is_late,
       CASE request_type WHEN 'billing' THEN 'Billing Team' WHEN 'technical' THEN 'Technical Support' WHEN 'account' THEN 'Account Management' ELSE 'General Support' END AS assigned_team
     FROM (SELECT *, time_bucket(INTERVAL 1 MINUTE, created_at) AS ws,
       max(created_at) OVER (PARTITION BY partition ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) - INTERVAL 2 SECOND AS w FROM messages WHERE valid)`,
    windows,
    `CREATE VIEW expected_tickets_with_assignment AS SELECT ${ticket}, assigned_team FROM tickets`,
    `CREATE VIEW expected_high_priority_tickets AS SELECT ${ticket}, assigned_team FROM tickets WHERE priority IN ('high', 'critical')`,
    `CREATE VIEW expected_tickets_by_type AS SELECT window_start, window_end, request_type, count(*), count(DISTINCT client_id), count(DISTINCT request) FROM windows GROUP BY ALL`,
    `CREATE VIEW expected_tickets_by_priority AS SELECT window_start, window_end, priority, count(*), count(DISTINCT client_id) FROM windows GROUP BY ALL`,
    `CREATE VIEW expected_metrics AS SELECT window_start, window_end, count(*), ${of("request_type = 'billing'")}, ${of("request_type = 'technical'")},
       ${of("request_type = 'account'")}, ${of("request_type = 'general'")}, ${of("priority = 'critical'")}, count(DISTINCT client_id) FROM windows GROUP BY ALL`,
    `CREATE VIEW expected_dead_letters AS SELECT partition, position, raw FROM messages WHERE NOT valid`,
    `CREATE VIEW expected_late AS SELECT flow, position, ticket_id, epoch_ms(created_at), epoch_ms(w) FROM tickets,
       (SELECT unnest(['tickets_by_type', 'tickets_by_priority', 'metrics']) AS flow) WHERE is_late`,
  ]
}

/** Where else a run wrote to: a lake, files with the rows of the warehouse's tables, nested rows, tables by key, joined rows and totals. */
export interface Elsewhere {
  readonly joined: JoinedFound | null
  readonly nested: NestedFound | null
  readonly keyed: KeyedFound | null
  readonly lake: string | null
  /** The files that belong to the Delta table. */
  readonly delta: readonly string[] | null
  /** A file with the rows that delta-rs reads of it. */
  readonly deltaRows: string | null
  /** A file with the rows of the Iceberg table. */
  readonly iceberg: string | null
  readonly facts: Readonly<Record<'fact_ticket' | 'v_tickets_by_type' | 'v_tickets_by_priority' | 'v_metrics', string>> | null
}

const sameTicket = (created: string) => `ticket_id, client_id, epoch_ms(${created}) AS created_at, request, request_type, priority`

/** The lake, the warehouse and nested rows against what had to be: two queries each, the expected one first. */
export function inOtherPlaces({
  lake,
  delta,
  deltaRows,
  iceberg,
  facts,
  nested,
  keyed,
  joined,
}: Elsewhere): Readonly<Record<string, readonly [string, string]>> {
  const found: Record<string, readonly [string, string]> = {}
  const tickets = 'FROM expected_tickets_with_assignment'
  const byType =
    'SELECT window_start, window_end, request_type, a, b FROM (SELECT * FROM expected_tickets_by_type) t(window_start, window_end, request_type, a, b, c)'
  if (lake !== null) {
    const read = (name: string) => `read_parquet('${join(lake, name, '**', '*.parquet')}', hive_partitioning = true)`
    found.lake = [tickets, `SELECT ${sameTicket('created_at')}, assigned_team FROM ${read('tickets')}`]
    found['folders of the lake'] = ['SELECT 1 WHERE false', `SELECT created_at FROM ${read('tickets')} WHERE created_date != created_at::DATE`]
    found['windows of the lake'] = [
      byType,
      `SELECT epoch_ms(window_start), epoch_ms(window_end), request_type, tickets, clients FROM ${read('by_type')}
       QUALIFY row_number() OVER (PARTITION BY window_start, window_end, request_type ORDER BY revision DESC) = 1`,
    ]
  }
  if (delta !== null) {
    const columns = `${sameTicket('created_at')}, assigned_team`
    const read = `read_parquet([${delta.map((path) => `'${path}'`).join(', ')}], hive_partitioning = true)`
    found['Delta table'] = [tickets, delta.length === 0 ? `SELECT * ${tickets} WHERE false` : `SELECT ${columns} FROM ${read}`]
  }
  if (deltaRows !== null) {
    found['Delta table, as delta-rs reads it'] = [tickets, `SELECT ${sameTicket('created_at')}, assigned_team FROM read_parquet('${deltaRows}')`]
  }
  if (iceberg !== null) {
    found['Iceberg table'] = [tickets, `SELECT ${sameTicket('created_at')}, assigned_team FROM read_parquet('${iceberg}')`]
  }
  if (facts !== null) {
    const rows = (file: string, columns: string) => `read_json('${file}', format = 'newline_delimited', columns = {${columns}})`
    const texts = (...names: string[]) => names.map((name) => `"${name}": '${text}'`).join(', ')
    const numbers = (...names: string[]) => names.map((name) => `"${name}": 'BIGINT'`).join(', ')
    const times = 'epoch_ms(window_start::TIMESTAMP), epoch_ms(window_end::TIMESTAMP)'
    const window = texts('window_start', 'window_end')
    found.fact_ticket = [
      tickets,
      `SELECT ${sameTicket('created_at::TIMESTAMP')}, team FROM ${rows(facts.fact_ticket, texts('ticket_id', 'client_id', 'created_at', 'request', 'request_type', 'priority', 'team'))}`,
    ]
    found.v_tickets_by_type = [
      byType,
      `SELECT ${times}, request_type, tickets, clients FROM ${rows(facts.v_tickets_by_type, `${window}, ${texts('request_type')}, ${numbers('tickets', 'clients')}`)}`,
    ]
    found.v_tickets_by_priority = [
      'FROM expected_tickets_by_priority',
      `SELECT ${times}, priority, tickets, clients FROM ${rows(facts.v_tickets_by_priority, `${window}, ${texts('priority')}, ${numbers('tickets', 'clients')}`)}`,
    ]
    const metrics = [
      'total_tickets',
      'billing_count',
      'technical_count',
      'account_count',
      'general_count',
      'critical_priority_count',
      'unique_clients',
    ]
    found.v_metrics = [
      'FROM expected_metrics',
      `SELECT ${times}, ${metrics.join(', ')} FROM ${rows(facts.v_metrics, `${window}, ${numbers(...metrics)}`)}`,
    ]
  }
  return { ...found, ...(nested ? inNested(nested) : {}), ...(keyed ? inKeyed(keyed) : {}), ...(joined ? inJoined(joined) : {}) }
}

/** What was sent to topics, against what had to be: two queries each, the expected one first. */
export function inTopics({ high, dead }: SentTo): Readonly<Record<string, readonly [string, string]>> {
  const read = (file: string) => `read_json('${file}', format = 'newline_delimited', columns = {raw: '${text}', headers: 'JSON', "row": 'JSON'})`
  const of = (column: string) => `json_extract_string("row", '$.${column}') AS ${column}`
  const columns = ['ticket_id', 'client_id', 'request', 'request_type', 'priority', 'assigned_team']
  return {
    'topic of high priority': [
      `SELECT created_at, ${columns.join(', ')} FROM expected_high_priority_tickets`,
      `SELECT epoch_ms(json_extract_string("row", '$.created_at')::TIMESTAMPTZ) AS created_at, ${columns.map(of).join(', ')} FROM ${read(high)}`,
    ],
    'topic of dead letters': [
      'SELECT partition, position, raw FROM messages WHERE NOT valid',
      `SELECT json_extract_string(headers, '$."source.partition"')::INTEGER AS partition, json_extract_string(headers, '$."source.offset"')::BIGINT AS position, raw FROM ${read(dead)}`,
    ],
  }
}
