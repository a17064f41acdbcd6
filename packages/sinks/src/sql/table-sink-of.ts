import type { Sink } from '@tickets/core'
import { checkKeyOptions } from '../keyed/table-key.ts'
import { Database } from './connection/database.ts'
import type { Settings } from './connection/settings.ts'
import { checkTable } from './table/names.ts'
import { loadTable } from './table/target-table.ts'
import { tableSink } from './table-sink.ts'

/** Which table of a database rows go to, and how. */
export interface TableOptions<T> {
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

/** Returns the sink of one table. Throws `OPTION_INVALID` with what is wrong. */
export function tableSinkOf<T>(settings: Settings, options: TableOptions<T>): Sink<T> {
  const table = checkTable(settings.dialect, options.table)
  const { key, mode = 'append' } = options
  checkKeyOptions({ key })
  return tableSink({
    database: new Database(settings),
    table,
    mode,
    load: (connection, schema, target) => loadTable(connection, table, target, schema, key),
    clear: [`DELETE FROM ${settings.dialect.quote(table)}`],
  })
}
