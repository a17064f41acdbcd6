/** Files with the rows that readers of other makers see in tables whose rows are replaced by key; null where no range has made the table. */
export interface KeyedFound {
  readonly delta: string | null
  readonly iceberg: string
  readonly windowsDelta: string | null
  readonly windowsIceberg: string
}

const ticket = 'ticket_id, client_id, epoch_ms(created_at) AS created_at, request, request_type, priority'
const window = 'epoch_ms(window_start), epoch_ms(window_end), request_type, tickets::BIGINT, clients::BIGINT'

/**
 * Tables of rows by key against what had to be: two queries each, the expected one first. Of a client the last ticket of one of the partitions stays: which of
 * them, the order of commits decides. So the number of rows of each client is compared, and then the rows that are the last of no partition.
 */
export function inKeyed({ delta, iceberg, windowsDelta, windowsIceberg }: KeyedFound): Readonly<Record<string, readonly [string, string]>> {
  const of = (file: string | null, columns: string, none: string) =>
    file === null ? `SELECT * FROM (${none}) WHERE false` : `SELECT ${columns} FROM read_parquet('${file}')`
  const clients = 'SELECT DISTINCT client_id FROM tickets'
  const last = `SELECT ${ticket} FROM (FROM tickets QUALIFY row_number() OVER (PARTITION BY partition, client_id ORDER BY position DESC) = 1)`
  const windows = `SELECT window_start, window_end, request_type, a, b
    FROM (FROM expected_tickets_by_type) t(window_start, window_end, request_type, a, b, c)`
  const pairs = (where: string, file: string | null, byWindow: string | null) => ({
    [`clients of ${where}`]: [clients, of(file, 'client_id', clients)] as const,
    [`tickets of ${where} that are not the last`]: [
      'SELECT 1 WHERE false',
      `SELECT 1 FROM ((${of(file, ticket, last)}) EXCEPT ALL (${last}))`,
    ] as const,
    [`windows of ${where}`]: [windows, of(byWindow, window, windows)] as const,
  })
  return { ...pairs('the keyed Delta table', delta, windowsDelta), ...pairs('the keyed Iceberg table', iceberg, windowsIceberg) }
}
