import type { Batch, Schema } from '@tickets/core'
import type { Encoder } from '../encoders/encoder.ts'
import type { TableKey } from '../keyed/table-key.ts'
import type { Splitting } from './split-into-files.ts'

/** Takes the rows of a flow, and cuts them into ranges. */
export interface Intake {
  /** Takes a batch; settles when there is room for more. `release` is called when none of it is held any more, or never. */
  add(batch: Batch<unknown>, release?: () => void): Promise<void>
  /** Ends the range, synchronously: what is added from now on belongs to the next one. With `empty` a range without rows has a file too. */
  cut(empty: boolean): RangeFiles
  /** Gives up the rows of the range that has not ended. */
  close(): void
}

/** The files of a range that was cut, in the order of their numbers. */
export interface RangeFiles {
  readonly isEmpty: boolean
  files(): Iterable<FileToBe>
  /** Gives up the files that are not encoded yet. */
  drop(): void
}

/** The rows of one file; none for the file that gives an empty dataset its columns. */
export interface FileToBe {
  /** Its folder below the target; empty for the target itself. */
  readonly folder: string
  readonly rows: number
  /** Returns the parts of the file, which follow each other. */
  encode(footer: ReadonlyMap<string, string>): Promise<readonly Uint8Array[]>
}

/** How the rows of a flow become files. */
export interface IntakeOptions extends Splitting {
  readonly schema: Schema<unknown>
  readonly encoder: Encoder
  /** Which rows replace others; null where each is written. */
  readonly key: TableKey | null
}
