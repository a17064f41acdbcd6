import type { Batch } from '@tickets/core'
import { join, pick, slice } from '@tickets/core/arrow'
import type { PartitionPlan } from '../partition/plan.ts'
import { type SortBy, sorter } from '../partition/sort-rows.ts'

/** How the rows of a range become files. */
export interface Splitting {
  /** A file with more rows than this becomes several. */
  readonly maxRowsPerFile: number
  /** The folders, where the dataset has partitions. */
  readonly plan: PartitionPlan | null
  readonly sortBy: SortBy | null
}

/** The rows of one file; none for the file that gives an empty dataset its columns. */
export interface FileRows {
  /** Its folder below the target; empty for the target itself. */
  readonly folder: string
  readonly rows: readonly Batch<unknown>[]
}

const upTo = (length: number): Int32Array => Int32Array.from({ length }, (_, row) => row)

/**
 * Yields the rows of a range, joined and split into files by their values and count only, so that the files do not depend on the batches. If the
 * encoder `joins` batches itself and nothing has to be split, the rows are not copied.
 */
export function* splitIntoFiles(batches: readonly Batch<unknown>[], { maxRowsPerFile, plan, sortBy }: Splitting, joins = false): Generator<FileRows> {
  if (batches.length === 0) return yield { folder: plan?.empty ?? '', rows: [] }
  if (joins && !plan && !sortBy && batches.reduce((sum, { length }) => sum + length, 0) <= maxRowsPerFile) return yield { folder: '', rows: batches }
  const all = join(batches)
  if (!plan && !sortBy) {
    for (let from = 0; from < all.length; from += maxRowsPerFile)
      yield { folder: '', rows: [slice(all, from, Math.min(from + maxRowsPerFile, all.length))] }
    return
  }
  const sort = sortBy ? sorter(all, sortBy) : (rows: Int32Array) => rows
  const columns = plan ? plan.project(all) : all
  for (const { folder, rows } of plan?.split(all) ?? [{ folder: '', rows: upTo(all.length) }]) {
    const sorted = sort(rows)
    for (let from = 0; from < sorted.length; from += maxRowsPerFile)
      yield { folder, rows: [pick(columns, sorted.subarray(from, from + maxRowsPerFile))] }
  }
}
