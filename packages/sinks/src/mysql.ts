/**
 * Exactly-once sinks for MySQL and MariaDB. Needs the package `mysql2`.
 * @packageDocumentation
 */

export { type MysqlSinkOptions, mysqlSink } from './mysql/mysql-sink.ts'
export type { MysqlConnectionOptions } from './mysql/settings.ts'
export { migrateWarehouse } from './mysql/warehouse/migrate.ts'
export {
  type Warehouse,
  type WarehouseByPriority,
  type WarehouseByType,
  type WarehouseOptions,
  type WarehouseTicket,
  warehouse,
} from './mysql/warehouse/warehouse.ts'
