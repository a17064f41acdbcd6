import type { Field, Schema, TaskId } from '@tickets/core'
import type { TableKey } from '../keyed/table-key.ts'
import type { FileField } from '../parquet-file/schema.ts'
import type { StagedRange } from './staged.ts'

/**
 * What tells readers which files belong to a dataset, where not each one in its folder does: the log of a table. Files are published under their names
 * first, and belong to the table with its commit.
 */
export interface DatasetTable {
  /** Whether files keep the columns that they are divided by. */
  readonly keepsPartitions?: boolean
  /**
   * Makes the table ready for rows of a schema before any is staged, and returns columns as its files have them. Absent where files depend on nothing of
   * the table.
   */
  open?(schema: Schema<unknown>): Promise<(fields: readonly Field[]) => readonly FileField[]>
  /** Returns the key by which rows of a schema replace others; null where each is added. Absent where none has one. Throws `OPTION_INVALID`. */
  keyOf?(schema: Schema<unknown>): TableKey | null
  /** Throws where rows of a schema do not fit the table, or it may not be written. Called at each start, before anything is claimed. */
  check(schema: Schema<unknown>, replaces: boolean): Promise<void>
  /** Takes the table for a log that owns its folder by now; `replaces`: without the rows that stood there. Repeating it changes nothing. */
  begin(log: { readonly id: string; readonly replaces: boolean }): Promise<void>
  /** Returns what the table says of a file, from its bytes. The record of the range keeps it. */
  describe(schema: Schema<unknown>, parts: readonly Uint8Array[]): Promise<string>
  /** Whether a range is in the table. */
  holds(task: TaskId, range: StagedRange): Promise<boolean>
  /** Adds the published files of a range. Repeating it changes nothing. `checkOwner` rejects once another log owns the folder. */
  commit(task: TaskId, schema: Schema<unknown>, range: StagedRange, checkOwner: () => Promise<void>): Promise<void>
  /** Returns, for each task, the highest range that is in the table. */
  reached(log: { readonly id: string; readonly flow: string; readonly tasks: readonly string[] }): Promise<ReadonlyMap<string, number>>
}
