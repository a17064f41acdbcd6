/** Files of one folder of a partition, or of the dataset itself where it has none. */
export interface PartitionInspection {
  /** `key=value/…`; empty without partitions. */
  readonly folder: string
  readonly rows: number
  readonly files: number
  readonly bytes: number
}

/** What one dataset holds. */
export interface Inspection {
  readonly dir: string
  /** From 1 in a folder of versions; null elsewhere. */
  readonly version: number | null
  /** `parquet`, `arrow`, `jsonl`, `csv`; several with commas, and empty where nothing is there. */
  readonly format: string
  /** The names and versions of the schemas that the files have, where they say so. */
  readonly schemas: readonly { readonly name: string; readonly version: number; readonly files: number }[]
  /** The columns of all files, without those that are in the path. */
  readonly columns: readonly { readonly name: string; readonly kind: string; readonly optional: boolean }[]
  /** The columns that tell results of windows apart; empty for plain rows. */
  readonly keys: readonly string[]
  readonly rows: number
  readonly files: number
  readonly bytes: number
  /** The earliest and latest instant in the column of event time: `window_start`, or the first instant. Null where a format does not tell. */
  readonly time: { readonly column: string; readonly from: Date; readonly to: Date } | null
  /** Task → what its rows came from: positions `[from, to)`, in order, where files say so. */
  readonly tasks: Readonly<Record<string, readonly (readonly [from: string, to: string])[]>>
  readonly partitions: readonly PartitionInspection[]
  /** Files with rows below this many bytes, and their share of all. */
  readonly small: { readonly below: number; readonly files: number; readonly share: number }
  /** Files that compactions made. */
  readonly compacted: number
  /** The size of the same rows as JSON Lines, estimated from `sampled` rows; null if they cannot be read or written as JSON. */
  readonly json: { readonly sampled: number; readonly bytes: number; readonly ratio: number } | null
}
