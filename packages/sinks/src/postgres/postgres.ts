import { type SqlDatabase, sqlDatabase } from '../sql/connection/sql-database.ts'
import { type PostgresConnectionOptions, settingsOf } from './settings.ts'

/**
 * Makes a schema of a PostgreSQL database to write to, for `starSchema`. Nothing is opened before a pipeline starts. Needs the package `pg`.
 *
 * @throws `OPTION_INVALID` with what is wrong
 * @example
 * postgres({ url: 'postgres://app:secret@localhost/support' }).place // 'postgres:localhost:5432/support/public'
 */
export const postgres = (options: PostgresConnectionOptions): SqlDatabase => sqlDatabase(settingsOf(options))
