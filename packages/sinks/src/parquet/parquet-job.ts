/** A text column inside the IPC stream of a job; places are bytes from its start. */
export interface TextSlot {
  readonly name: string
  readonly rows: number
  /** Of the validity bits; -1 when every row has a value. */
  readonly bits: number
  readonly offsets: number
  readonly bytes: number
}

/**
 * An enum column, which files hold as text. Its codes lie at the end of the space of its offsets, and the space of its bytes is free: the thread that
 * encodes puts the members there, in place, so that the main thread does not have to.
 */
export interface EnumSlot extends TextSlot {
  /** Bytes of a code. */
  readonly width: 1 | 2 | 4
  readonly members: readonly string[]
}

/** Everything that makes one Parquet file, ready to be handed to another thread. */
export interface ParquetJob {
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
