import type { Dialect } from '../../sql/connection/dialect.ts'
import { alter, columnOf, definition, holds, quote, whyNoKey, whyNoName } from './columns.ts'
import { isConnectionGone, postgresError } from './errors.ts'
import { insertRows } from './insert-rows.ts'
import { hasTable, placeOf, readTable } from './introspection.ts'
import { createTable, indexForeign, insertNew, lock, move, onConflict, trial } from './statements.ts'

/** PostgreSQL. */
export const postgresDialect: Dialect = {
  name: 'postgres',
  errors: { toTicketsError: postgresError, isConnectionGone },
  quote,
  whyNoName,
  isSameName: (a, b) => a === b,
  nameThePlace: 'name the schema by the option `schema`',
  columnOf,
  textType: () => 'text',
  definition,
  holds,
  whyNoKey,
  alter,
  createTable,
  move,
  onConflict,
  incoming: (column) => `excluded.${quote(column)}`,
  indexForeign,
  dayOf: (instant) => `(${instant} AT TIME ZONE 'UTC')::date`,
  isoWeek: (day) => `EXTRACT(WEEK FROM ${day})::int`,
  isoDay: (day) => `EXTRACT(ISODOW FROM ${day})::int`,
  schema: 'CURRENT_SCHEMA()',
  lockShared: 'FOR SHARE',
  hasTransactionalDdl: true,
  losesBy: 'fsync or synchronous_commit off',
  hasTable,
  readTable,
  placeOf,
  insertNew,
  insertRows,
  trial,
  lock,
}
