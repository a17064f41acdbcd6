import type { Batch } from '@tickets/core'
import { join, toRecordBatch } from '@tickets/core/arrow'
import { newestRows } from '../keyed/newest-rows.ts'
import type { FileToBe, Intake, IntakeOptions, RangeFiles } from './intake.ts'
import { type FileRows, splitIntoFiles } from './split-into-files.ts'

/** Batches of fewer rows than this are joined: a batch's objects weigh some 10 kB, whatever it holds, and a live topic gives a few rows at a time. */
const SMALL = 1024

/** Keeps all rows of a range, since what files they go to, or how they are encoded, depends on all of them. The runner bounds them by ending the range. */
export function keptIntake(options: IntakeOptions): Intake {
  let kept: Batch<unknown>[] = []
  let small: Batch<unknown>[] = []
  let rows = 0
  const joinSmall = () => {
    if (small.length > 0) kept.push(join(small))
    small = []
    rows = 0
  }
  return {
    async add(batch) {
      // What is kept to the end of a range holds no rows that a filter left out.
      toRecordBatch(batch)
      small.push(batch)
      rows += batch.length
      if (rows >= SMALL) joinSmall()
    },
    cut(empty) {
      joinSmall()
      const batches = kept
      kept = []
      return { isEmpty: batches.length === 0 && !empty, files: () => filesOf(options, batches), drop() {} } satisfies RangeFiles
    },
    close() {
      kept = []
      small = []
    },
  }
}

function* filesOf(options: IntakeOptions, batches: readonly Batch<unknown>[]): Generator<FileToBe> {
  const { encoder, schema, plan } = options
  for (const { folder, rows } of fileRowsOf(options, batches)) {
    yield {
      folder,
      rows: rows.reduce((sum, { length }) => sum + length, 0),
      async encode(footer) {
        const bytes = await encoder.encode(plan?.fileSchema ?? schema, rows, footer)
        return bytes instanceof Uint8Array ? [bytes] : bytes
      },
    }
  }
}

/** Where rows have keys, those that delete are in files of their own, of which nothing stays. */
function* fileRowsOf(options: IntakeOptions, batches: readonly Batch<unknown>[]): Generator<FileRows> {
  const { key, encoder } = options
  if (!key || batches.length === 0) return yield* splitIntoFiles(batches, options, encoder.joins)
  for (const rows of newestRows(join(batches), key)) yield* splitIntoFiles([rows], options, encoder.joins)
}
