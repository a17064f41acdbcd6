/**
 * Exactly-once sinks for `@tickets/core`: Parquet, Arrow, JSON Lines and CSV files, and an application's own code.
 * @packageDocumentation
 */
export { type CallbackOptions, callbackSink, type Delivery } from './callback-sink.ts'
export type { Compression } from './encoders/parquet.ts'
export {
  arrowSink,
  csvSink,
  type FileFormat,
  type FileOptions,
  type FileSinkOptions,
  fileSink,
  jsonSink,
  type ParquetOptions,
  parquetSink,
} from './file-sink.ts'
