import type { PackedTable } from '../pack/pack-table.ts'
import type { EnumSlot, TextSlot } from '../pack/slots.ts'
import type { FileSettings } from '../parquet-file/write-file.ts'

/** Everything that makes one Parquet file, ready to be handed to another thread. */
export type ParquetJob = TableJob | IpcJob

/** What encodes: our own writer takes tables, parquet-wasm takes Arrow IPC. */
export type Engine = ParquetJob['kind']

/** A file for our own writer. */
export interface TableJob {
  readonly kind: 'table'
  readonly table: PackedTable
  readonly settings: FileSettings
  readonly footer: ReadonlyMap<string, string>
}

/** A file for parquet-wasm. */
export interface IpcJob {
  readonly kind: 'ipc'
  /** An Arrow IPC stream with one record batch, or none; whole once the enums are filled in. */
  readonly ipc: ArrayBuffer
  readonly enums: readonly EnumSlot[]
  readonly texts: readonly TextSlot[]
  /** Columns of instants. */
  readonly times: readonly string[]
  /** Columns of numbers, where the table is wide; none otherwise. */
  readonly numbers: readonly string[]
  readonly settings: ParquetSettings
  readonly footer: ReadonlyMap<string, string>
}

/** How the file is written, as its sink was asked for. */
export interface ParquetSettings {
  readonly compression: 'SNAPPY' | 'ZSTD' | 'GZIP' | 'UNCOMPRESSED'
  readonly rowGroupRows: number
  /** Writes PLAIN and dictionary encodings only, for readers that know no others. */
  readonly plain: boolean
}

/** Returns the buffer of a job, which is handed over with it. */
export const bufferOf = (job: ParquetJob): ArrayBuffer => (job.kind === 'table' ? job.table.buffer : job.ipc)
