import type { Dialect } from '../../sql/connection/dialect.ts'
import { columnOf, definition, holds, quote, whyNoKey, whyNoName } from './columns.ts'
import { isConnectionGone, mysqlError } from './errors.ts'
import { insertRows } from './insert-rows.ts'
import { hasTable, placeOf, readTable } from './introspection.ts'
import { createTable, insertNew, lock, move, onConflict, trial } from './statements.ts'

/** MySQL and MariaDB. */
export const mysqlDialect: Dialect = {
  name: 'mysql',
  errors: { toTicketsError: mysqlError, isConnectionGone },
  quote,
  whyNoName,
  isSameName: (a, b) => a.toLowerCase() === b.toLowerCase(),
  nameThePlace: 'name the database at the end of `url`',
  columnOf,
  textType: (length) => `varchar(${length})`,
  definition,
  holds,
  whyNoKey,
  alter: (column) => `MODIFY ${definition(column)}`,
  createTable,
  move,
  onConflict,
  incoming: (column) => `VALUES(${quote(column)})`,
  indexForeign: () => null,
  dayOf: (instant) => `DATE(${instant})`,
  isoWeek: (day) => `WEEK(${day}, 3)`,
  isoDay: (day) => `WEEKDAY(${day}) + 1`,
  schema: 'DATABASE()',
  lockShared: 'LOCK IN SHARE MODE',
  hasTransactionalDdl: false,
  losesBy: 'innodb_flush_log_at_trx_commit not 1',
  hasTable,
  readTable,
  placeOf,
  insertNew,
  insertRows,
  trial,
  lock,
}
