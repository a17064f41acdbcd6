import type { Sink } from '@tickets/core'
import { type TableOptions, tableSinkOf } from '../sql/table-sink-of.ts'
import { type PostgresConnectionOptions, settingsOf } from './settings.ts'

/** Settings of `postgresSink`. */
export interface PostgresSinkOptions<T> extends PostgresConnectionOptions, TableOptions<T> {}

/**
 * Writes rows exactly once to a table of PostgreSQL: staged in the same schema, and moved there in one transaction with the number of their range.
 *
 * Texts are TEXT, those of the key and enums compared byte by byte; instants TIMESTAMPTZ, `z.int()` BIGINT, `z.int32()` INTEGER, other numbers DOUBLE
 * PRECISION, decimals NUMERIC, booleans BOOLEAN, bytes BYTEA, JSON and nested columns JSONB. Needs the package `pg`, a database in UTF8, and a user with
 * USAGE on the schema, and CREATE while a table is missing.
 *
 * @throws `OPTION_INVALID` at once; later `TARGET_UNUSABLE`, `TARGET_OWNED`, `SCHEMA_MISMATCH`, `SINK_FAILED`, `ENCODER_FAILED`, `STAGED_LOST`
 * @example
 * postgresSink<Ticket>({ url: 'postgres://app:secret@localhost/support', table: 'tickets' }).target // 'postgres:localhost:5432/support/public/tickets'
 */
export function postgresSink<T>(options: PostgresSinkOptions<T>): Sink<T> {
  return tableSinkOf(settingsOf(options), options)
}
