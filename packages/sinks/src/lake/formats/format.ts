import type { Batch, Field, Schema } from '@tickets/core'
import type { Footer } from './footers.ts'
import type { Matches, RowFilter } from './row-filter.ts'

/** A file of a dataset, opened. */
export interface Opened {
  readonly rows: number
  readonly footer: Footer | null
  /** Files of one text can become one file: columns and encoding are the same. */
  readonly shape: string
  /** The columns; empty where a format does not tell. */
  readonly fields: readonly Field[]
  /** Its rows in batches, only these columns where they are named; absent where a format does not tell types. */
  batches?(columns?: readonly string[]): AsyncIterable<Batch<Record<string, unknown>>>
  /** Counts the rows of a filter. Throws `OPTION_INVALID` for a column of a kind that cannot be compared. */
  find(filter: RowFilter): Promise<Matches>
  close(): void
}

/** Which rows of a batch stay; null for all of them. */
export type Keep = (batch: Batch<Record<string, unknown>>) => Int32Array | null

/** What is merged: how many files there are, and each one's bytes when it is its turn. */
export interface Merge {
  readonly files: number
  read(i: number): Promise<Uint8Array>
  readonly footer: Footer | null
  /** For files that have superseded rows. */
  readonly keep: Keep | null
  /** Of a deletion: the rows that do not stay. */
  readonly filter?: RowFilter | null
}

/** How files of one format are read and put together. */
export interface Format {
  open(bytes: Uint8Array): Promise<Opened>
  /** The bytes of one file with the rows of all, in order. At the end `count` gets how many rows there are. */
  merge(merge: Merge, count: (rows: number) => void): AsyncIterable<Uint8Array>
}

/** Returns a text that is the same for files with the same columns. */
export const shapeOf = (fields: readonly Field[]): string => JSON.stringify(fields.map(shape))

const shape = ({ name, kind, optional, nullable, precision, scale, children }: Field): unknown[] => [
  name,
  kind,
  optional || nullable,
  ...(kind === 'decimal' ? [precision, scale] : []),
  ...(children ?? []).map(shape),
]

/** Returns name, version and keys of a file's schema, with defaults for a file without a footer. */
export const describe = (footer: Footer | null): { name: string; version: number; keys: readonly string[] } => ({
  name: footer?.schema ?? 'rows',
  version: footer?.version ?? 1,
  keys: footer?.keys ?? [],
})

export type Rows = Batch<Record<string, unknown>>
export type RowSchema = Schema<Record<string, unknown>>
