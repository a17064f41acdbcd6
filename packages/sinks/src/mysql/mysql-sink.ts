import type { Sink } from '@tickets/core'
import { type TableOptions, tableSinkOf } from '../sql/table-sink-of.ts'
import { type MysqlConnectionOptions, settingsOf } from './settings.ts'

/** Settings of `mysqlSink`. */
export interface MysqlSinkOptions<T> extends MysqlConnectionOptions, TableOptions<T> {}

/**
 * Writes rows exactly once to a table of MySQL or MariaDB: staged in the same database, and moved there in one transaction with the number of their range.
 *
 * Texts are LONGTEXT, those of the key and enums VARCHAR(255), compared byte by byte; instants DATETIME(3) in UTC, `z.int()` BIGINT, `z.int32()` INT, other
 * numbers DOUBLE, booleans TINYINT(1). Needs the package `mysql2`, and a user that may SELECT, INSERT, UPDATE and DELETE, and
 * CREATE while a table is missing.
 *
 * @throws `OPTION_INVALID` at once; later `TARGET_UNUSABLE`, `TARGET_OWNED`, `SCHEMA_MISMATCH`, `SINK_FAILED`, `ENCODER_FAILED`, `STAGED_LOST`
 * @example
 * mysqlSink<Ticket>({ url: 'mysql://app:secret@localhost/support', table: 'tickets', key: 'ticket_id' }).target // 'mysql:localhost:3306/support/tickets'
 */
export function mysqlSink<T>(options: MysqlSinkOptions<T>): Sink<T> {
  return tableSinkOf(settingsOf(options), options)
}
