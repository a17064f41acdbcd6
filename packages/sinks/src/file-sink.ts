import { type Field, type Sink, type Storage, TicketsError } from '@tickets/core'
import { storageAt } from './disk/disk-storage.ts'
import { arrowEncoder } from './encoders/arrow.ts'
import { csvEncoder, type Formulas, formulasModes } from './encoders/csv.ts'
import type { Encoder } from './encoders/encoder.ts'
import { jsonEncoder } from './encoders/json.ts'
import { type Compression, compressions, encodings as known, type ParquetEncodings, parquetEncoder } from './encoders/parquet.ts'
import type { DatasetMaintenance } from './files/maintenance.ts'
import { type StagedFileOptions, stagedFileSink } from './files/staged-file-sink.ts'
import { finishRecorded } from './lake/compaction/finish-recorded.ts'
import { compactEvery } from './lake/compaction/schedule.ts'
import { removeCompactions } from './lake/compaction/takeover-cleanup.ts'
import type { EncodeOptions } from './parquet/thread-encoder.ts'
import type { FileField } from './parquet-file/schema.ts'

/** The formats of `fileSink`; the files end in `.parquet`, `.arrow`, `.jsonl` and `.csv`. */
export type FileFormat = 'parquet' | 'arrow' | 'json' | 'csv'

/** Options of `arrowSink` and `jsonSink`, and those that all file sinks share. */
export type FileOptions<T = unknown> = StagedFileOptions<T>

/** Options of `parquetSink`. */
export interface ParquetOptions<T = unknown> extends FileOptions<T>, EncodeOptions {
  /** `snappy` by default. */
  readonly compression?: Compression
  /** Rows in a row group, at most; 1,048,576 by default. */
  readonly rowGroupRows?: number
  /**
   * `compact` (the default) writes instants as DELTA_BINARY_PACKED and unique texts as DELTA_LENGTH_BYTE_ARRAY. `plain` writes PLAIN and dictionary
   * encodings only, for readers that know no others, such as fastparquet, parquetjs, and older releases of Spark and Athena.
   */
  readonly encodings?: ParquetEncodings
}

/** Options of `csvSink`. */
export interface CsvOptions<T = unknown> extends FileOptions<T> {
  /**
   * What becomes of texts that a spreadsheet would run as a formula: those that begin with `=`, `+`, `-`, `@`, a tab or a carriage return. `keep` (the
   * default) writes them as they are. `escape` puts a `'` before them, which readers that are no spreadsheet then find in the value.
   */
  readonly formulas?: Formulas
}

/** Options of `fileSink`; those of `parquetSink` and `csvSink` are ignored by the other formats. */
export interface FileSinkOptions<T = unknown> extends ParquetOptions<T>, CsvOptions<T> {
  readonly format: FileFormat
}

/** Loads an encoder; with `columns`, one for the files of a table. */
type Loader = (columns?: (fields: readonly Field[]) => readonly FileField[]) => Promise<Encoder>

/** What the encoders of every format are made from. */
const loaders: Readonly<Record<FileFormat, (options: ParquetOptions & CsvOptions) => Loader>> = {
  parquet: ({ compression = 'snappy', rowGroupRows = 1_048_576, encodings = 'compact', encodeWorkers, workerUrl }) => {
    if (!compressions.includes(compression))
      throw new TicketsError('OPTION_INVALID', `compression is one of ${compressions.join(', ')}, got ${JSON.stringify(compression)}`)
    if (!(Number.isInteger(rowGroupRows) && rowGroupRows > 0 && rowGroupRows < 2 ** 31)) {
      throw new TicketsError('OPTION_INVALID', `rowGroupRows is a whole number from 1, got ${String(rowGroupRows)}`)
    }
    if (!known.includes(encodings))
      throw new TicketsError('OPTION_INVALID', `encodings is one of ${known.join(', ')}, got ${JSON.stringify(encodings)}`)
    const encoder = parquetEncoder({ compression, rowGroupRows, encodings, encodeWorkers, workerUrl })
    return async (columns) => (columns ? parquetEncoder({ compression, rowGroupRows, encodings, encodeWorkers, workerUrl, columns }) : encoder)
  },
  arrow: () => async () => arrowEncoder,
  json: () => async () => jsonEncoder,
  csv: ({ formulas = 'keep' }) => {
    if (!formulasModes.includes(formulas))
      throw new TicketsError('OPTION_INVALID', `formulas is one of ${formulasModes.join(', ')}, got ${JSON.stringify(formulas)}`)
    const encoder = csvEncoder(formulas)
    return async () => encoder
  },
}

/** Returns what loads the encoder of Parquet files. Throws `OPTION_INVALID`. */
export const parquetLoader = (options: ParquetOptions): Loader => loaders.parquet(options)

const lake: DatasetMaintenance = { finish: finishRecorded, cleanUp: removeCompactions, schedule: compactEvery }

/**
 * Writes rows exactly once to files of the format given, for applications that let their users choose it.
 *
 * @param path the folder, or a storage such as a bucket's; a relative path is meant from the working directory of this moment
 * @throws `OPTION_INVALID` at once; later as `parquetSink`
 * @example
 * fileSink('data/tickets', { format: 'csv' }).target // file:<working directory>/data/tickets
 */
export function fileSink<T = unknown>(path: string | Storage, options: NoInfer<FileSinkOptions<T>>): Sink<T> {
  const { format, ...rest } = options
  const loader = Object.hasOwn(loaders, format) ? loaders[format] : undefined
  if (!loader) throw new TicketsError('OPTION_INVALID', `format is one of ${Object.keys(loaders).join(', ')}, got ${JSON.stringify(format)}`)
  const target = storageAt(path, rest.files)
  return stagedFileSink({ target, format, load: loader(rest as ParquetOptions & CsvOptions), maintenance: lake, options: rest as StagedFileOptions })
}

/**
 * Writes rows exactly once to Parquet files in a folder: enums as strings, instants as TIMESTAMP(ms, UTC), integers as INT64 or INT32.
 *
 * A range of a task becomes one file, visible whole once it is committed. Each file says under the key `tickets` of its metadata, in JSON,
 * what it holds: schema, version, keys, flow, task, from, to.
 *
 * @param path the folder, or a storage such as a bucket's; a relative path is meant from the working directory of this moment
 * @throws `OPTION_INVALID` at once; when it runs `TARGET_UNUSABLE`, `TARGET_OWNED`, `SCHEMA_MISMATCH`, `ENCODER_FAILED`, `SINK_FAILED`, `STAGED_LOST`
 * @example
 * tickets.pipe(into(parquetSink('data/tickets', { compression: 'zstd' }))) // data/tickets/part-<log>-<task>-0-0.parquet …
 */
export function parquetSink<T = unknown>(path: string | Storage, options: NoInfer<ParquetOptions<T>> = {}): Sink<T> {
  return fileSink<T>(path, { ...options, format: 'parquet' })
}

/**
 * Writes rows exactly once to Arrow IPC files (`.arrow`, also known as Feather 2), metadata as in `parquetSink`.
 *
 * @throws as `parquetSink`
 * @example
 * tickets.pipe(into(arrowSink('data/tickets'))) // data/tickets/part-<log>-<task>-0-0.arrow …
 */
export function arrowSink<T = unknown>(path: string | Storage, options: NoInfer<FileOptions<T>> = {}): Sink<T> {
  return fileSink<T>(path, { ...options, format: 'arrow' })
}

/**
 * Writes rows exactly once to JSON Lines files: keys in schema order, an absent optional is an absent key, instants as ISO 8601 with Z.
 *
 * @throws as `parquetSink`; `ENCODER_FAILED` for an infinite number, which JSON cannot hold
 * @example
 * tickets.pipe(into(jsonSink('data/tickets'))) // {"ticket_id":"…","client_id":"CLIENT_1000","created_at":"2026-11-21T12:00:00.000Z",…}
 */
export function jsonSink<T = unknown>(path: string | Storage, options: NoInfer<FileOptions<T>> = {}): Sink<T> {
  return fileSink<T>(path, { ...options, format: 'json' })
}

/**
 * Writes rows exactly once to CSV files by RFC 4180, each with a header: null and absent are empty fields, an empty text is `""`.
 *
 * @throws as `parquetSink`
 * @example
 * tickets.pipe(into(csvSink('data/tickets'))) // ticket_id,client_id,created_at,…
 */
export function csvSink<T = unknown>(path: string | Storage, options: NoInfer<CsvOptions<T>> = {}): Sink<T> {
  return fileSink<T>(path, { ...options, format: 'csv' })
}
