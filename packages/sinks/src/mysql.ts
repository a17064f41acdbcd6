/**
 * Exactly-once sinks for MySQL and MariaDB. Needs the package `mysql2`.
 * @packageDocumentation
 */
export { type MysqlSinkOptions, mysqlSink } from './mysql/mysql-sink.ts'
export type { MysqlConnectionOptions } from './mysql/settings.ts'
