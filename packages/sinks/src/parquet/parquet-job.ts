import type { PackedTable } from '../pack/pack-table.ts'
import type { EnumSlot, TextSlot } from '../pack/slots.ts'
import type { FileSettings } from '../parquet-file/file-writer.ts'

/** What is encoded at once, ready to be handed to another thread. */
export type ParquetJob = TableJob | IpcJob

/** What encodes: our own writer takes tables, parquet-wasm takes Arrow IPC. */
export type Engine = ParquetJob['kind']

/** Rows of a file for our own writer: all of them, or some of those that come one job after the other. */
export interface TableJob {
  readonly kind: 'table'
  /** Tells the files apart that a thread writes at one time. */
  readonly file: number
  /** Rows of the file that came before these. */
  readonly before: number
  readonly table: PackedTable
  readonly settings: FileSettings
  /** Ends the file; null where more rows come. */
  readonly footer: ReadonlyMap<string, string> | null
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

let files = 0

/** Returns a number that no other file of this process has. */
export const newFile = (): number => files++
