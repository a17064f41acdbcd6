import type { Batch, Schema } from '@tickets/core'

/** Turns rows into the bytes of one file. The same rows and footer give the same bytes. */
export interface Encoder {
  /** Of the published files, without the dot. */
  readonly extension: string
  /** Whether it joins batches by itself, so that its bytes do not depend on the batches. Other encoders get at most one batch. */
  readonly joins?: boolean
  /**
   * The bytes of one file, in one part or in several that follow each other. `batches` is one batch, or more where it `joins` them, or none for a file without rows.
   * Throws `ENCODER_FAILED` for rows that the format cannot hold.
   */
  encode(
    schema: Schema<unknown>,
    batches: readonly Batch<unknown>[],
    footer: ReadonlyMap<string, string>,
  ): Promise<Uint8Array | readonly Uint8Array[]>
  /** Begins a file that is encoded as its rows come, with the same bytes. Absent where all rows are needed at once. */
  open?(schema: Schema<unknown>): OpenFile
}

/** A file that is encoded as its rows come. */
export interface OpenFile {
  /** Takes rows; settles when there is room for more. An earlier failure may show here. `release` is called when none of the batch is held any more. */
  add(batch: Batch<unknown>, release?: () => void): Promise<void>
  /** Ends the file and returns its parts, which follow each other. */
  finish(footer: ReadonlyMap<string, string>): Promise<readonly Uint8Array[]>
  /** Gives the file up and frees what it holds; does nothing once it has ended. */
  drop(): void
}
