/**
 * Exactly-once sinks for PostgreSQL, and star schemas there. Needs the package `pg`.
 * @packageDocumentation
 */

export { postgres } from './postgres/postgres.ts'
export { type PostgresSinkOptions, postgresSink } from './postgres/postgres-sink.ts'
export type { PostgresConnectionOptions } from './postgres/settings.ts'
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
