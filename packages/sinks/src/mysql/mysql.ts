import { type SqlDatabase, sqlDatabase } from '../sql/connection/sql-database.ts'
import { type MysqlConnectionOptions, settingsOf } from './settings.ts'

/**
 * Makes a database of MySQL or MariaDB to write to, for `starSchema`. Nothing is opened before a pipeline starts. Needs the package `mysql2`.
 *
 * @throws `OPTION_INVALID`
 * @example
 * mysql({ url: 'mysql://app:secret@localhost/shop' }).place // 'mysql:localhost:3306/shop'
 */
export const mysql = (options: MysqlConnectionOptions): SqlDatabase => sqlDatabase(settingsOf(options))
