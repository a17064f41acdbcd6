/**
 * Exactly-once sinks for `@tickets/core`: Parquet, Arrow, JSON Lines and CSV files, Delta Lake and Iceberg tables, and an application's own code.
 * @packageDocumentation
 */
export { type CallbackOptions, callbackSink, type Delivery } from './callback-sink.ts'
export { type DeadLetterSourceOptions, deadLetterSource } from './dead-letters/dead-letter-source.ts'
export { readDeadLetters } from './dead-letters/letters.ts'
export { type DeltaOptions, deltaSink } from './delta/delta-sink.ts'
export { type Optimization, type OptimizeOptions, optimizeDelta } from './delta/optimize.ts'
export { type Vacuumed, type VacuumOptions, vacuumDelta } from './delta/vacuum.ts'
export type { Formulas } from './encoders/csv.ts'
export type { Compression, ParquetEncodings } from './encoders/parquet.ts'
export {
  arrowSink,
  type CsvOptions,
  csvSink,
  type FileFormat,
  type FileOptions,
  type FileSinkOptions,
  fileSink,
  jsonSink,
  type ParquetOptions,
  parquetSink,
} from './file-sink.ts'
export type { CompactEvery } from './files/maintenance.ts'
export type { IcebergCatalog } from './iceberg/catalog/catalog.ts'
export { fileCatalog } from './iceberg/catalog/file-catalog.ts'
export { restCatalog } from './iceberg/catalog/rest-catalog.ts'
export type { RestOptions } from './iceberg/catalog/rest-client.ts'
export { type IcebergOptions, icebergSink } from './iceberg/iceberg-sink.ts'
export type { KeyOptions } from './keyed/table-key.ts'
export { type Compaction, type CompactOptions, compact } from './lake/compaction/compact.ts'
export { type DeletedFrom, type DeleteOptions, type Deletion, deleteRows } from './lake/delete-rows.ts'
export { type FilesOptions, files } from './lake/files.ts'
export { type InspectOptions, inspect } from './lake/inspect.ts'
export type { Inspection, PartitionInspection } from './lake/inspection.ts'
export { type Version, type VersionedOptions, versioned } from './lake/versioned.ts'
export { viewSql } from './lake/view-sql.ts'
export {
  type BucketOptions,
  type BucketPartition,
  bucket,
  type DayOptions,
  day,
  type PartitionBy,
  type TimePartition,
  type YearMonthDayOptions,
  yearMonthDay,
} from './partition/partition-by.ts'
export type { SortBy, SortColumn } from './partition/sort-rows.ts'
