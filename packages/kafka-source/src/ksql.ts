/**
 * ksqlDB queries as a source of `@tickets/core`.
 * @packageDocumentation
 */

export { type KsqlSourceOptions, ksqlSource } from './ksql/ksql-source.ts'
