import { type Sink, TicketsError } from '@tickets/core'
import { Database } from '../sql/connection/database.ts'
import { checkTable } from '../sql/table/names.ts'
import { loadTable } from '../sql/table/target-table.ts'
import { tableSink } from '../sql/table-sink.ts'
import { type MysqlConnectionOptions, settingsOf } from './settings.ts'

/** Settings of `mysqlSink`. */
export interface MysqlSinkOptions<T> extends MysqlConnectionOptions {
  /** The table to write to, made from the schema where it is not there. */
  readonly table: string
  /**
   * The columns that tell rows apart: a row replaces the one with the same key, and of rows with a `revision` the highest stays. By default the window's
   * bounds and `by` for rows of windows, and none for others: then every row is added, once. `[]` keeps each revision of a window.
   */
  readonly key?: (keyof T & string) | readonly (keyof T & string)[]
  /** `append` (the default) adds to a table that no other log writes to; `overwrite` replaces its rows, once, when a new log begins. Resuming never overwrites. */
  readonly mode?: 'append' | 'overwrite'
}

/**
 * Writes rows exactly once to a table of MySQL or MariaDB: staged in the same database, and moved there in one transaction with the number of their range.
 *
 * Texts are LONGTEXT, those of the key and enums VARCHAR(255), compared byte by byte; instants DATETIME(3) in UTC, `z.int()` BIGINT, `z.int32()` INT, other
 * numbers DOUBLE, booleans TINYINT(1). Needs the package `mysql2`, and a user that may CREATE, SELECT, INSERT, UPDATE and DELETE.
 *
 * @throws `OPTION_INVALID` at once; later `TARGET_UNUSABLE`, `TARGET_OWNED`, `SCHEMA_MISMATCH`, `SINK_FAILED`, `ENCODER_FAILED`, `STAGED_LOST`
 * @example
 * mysqlSink<Ticket>({ url: 'mysql://app:secret@localhost/support', table: 'tickets', key: 'ticket_id' }).target // 'mysql:localhost:3306/support/tickets'
 */
export function mysqlSink<T>(options: MysqlSinkOptions<T>): Sink<T> {
  const settings = settingsOf(options)
  const table = checkTable(settings.dialect, options.table)
  const { key, mode = 'append' } = options
  const names = typeof key === 'string' ? [key] : key
  if (names !== undefined && !(Array.isArray(names) && names.every((name) => typeof name === 'string')))
    throw new TicketsError('OPTION_INVALID', `key is the name of a column or a list of them, got ${JSON.stringify(key)}`)
  return tableSink({
    database: new Database(settings),
    table,
    mode,
    load: (connection, schema, target) => loadTable(connection, table, target, schema, names),
    clear: [`DELETE FROM ${settings.dialect.quote(table)}`],
  })
}
