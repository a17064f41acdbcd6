import type { Sink } from '@tickets/core'
import { checkKeyOptions, type KeyOptions } from '../keyed/table-key.ts'
import { Database } from './connection/database.ts'
import type { Settings } from './connection/settings.ts'
import { checkTable } from './table/names.ts'
import { loadTable } from './table/target-table.ts'
import { tableSink } from './table-sink.ts'

/** Which table of a database rows go to, and how. */
export interface TableOptions<T> extends KeyOptions<T> {
  /** The table to write to, made from the schema where it is not there. */
  readonly table: string
  /** `append` (the default) adds to a table that no other log writes to; `overwrite` replaces its rows, once, when a new log begins. Resuming never overwrites. */
  readonly mode?: 'append' | 'overwrite'
}

/** Returns the sink of one table. Throws `OPTION_INVALID` with what is wrong. */
export function tableSinkOf<T>(settings: Settings, options: TableOptions<T>): Sink<T> {
  const table = checkTable(settings.dialect, options.table)
  const { key, deleteWhen, mode = 'append' } = options
  checkKeyOptions({ key, deleteWhen })
  return tableSink({
    database: new Database(settings),
    table,
    mode,
    load: (connection, schema, target) => loadTable(connection, table, target, schema, { key, deleteWhen }),
    clear: [`DELETE FROM ${settings.dialect.quote(table)}`],
  })
}
