/**
 * Exactly-once sinks for MySQL and MariaDB, and star schemas there. Needs the package `mysql2`.
 * @packageDocumentation
 */

export { mysql } from './mysql/mysql.ts'
export { type MysqlSinkOptions, mysqlSink } from './mysql/mysql-sink.ts'
export type { MysqlConnectionOptions } from './mysql/settings.ts'
export { migrateWarehouse } from './mysql/warehouse/migrate-warehouse.ts'
export {
  type Warehouse,
  type WarehouseByPriority,
  type WarehouseByType,
  type WarehouseOptions,
  type WarehouseTicket,
  warehouse,
} from './mysql/warehouse/warehouse.ts'
export type { ServerOptions } from './sql/connection/settings.ts'
export type { SqlDatabase } from './sql/connection/sql-database.ts'
export type { TableOptions } from './sql/table-sink-of.ts'
export { dateDimension } from './star/plan/date-dimension.ts'
export type {
  DateDimension,
  DimensionOptions,
  DimensionsOptions,
  FactOptions,
  FactsOptions,
  Follows,
  Reference,
  StarSchema,
  StarSchemaOptions,
} from './star/plan/options.ts'
export { starSchema } from './star/star-schema.ts'
