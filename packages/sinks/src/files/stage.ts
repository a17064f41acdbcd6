import { crc32 } from 'node:zlib'
import { isTicketsError, messageOf, type Range, type Storage, type TaskId, TicketsError } from '@tickets/core'
import { fileError, partName, stagingName } from '@tickets/core/internal'
import type { IntakeOptions, RangeFiles } from '../intake/intake.ts'
import type { DatasetTable } from './dataset-table.ts'
import { footerOf } from './footer.ts'
import type { StagedFile, StagedRange } from './staged.ts'

/** The target, task and format of one writer. */
export interface StagePlace extends IntakeOptions {
  readonly target: Storage
  readonly task: TaskId
  /** Whether the target belongs to the log of the task. Then every publish checks that it still does. */
  readonly isHeld: boolean
  /** The table that the files belong to; null where all files in the folder are the dataset. */
  readonly table: DatasetTable | null
}

/** Returns the error of rows that could not be encoded, with what to do. */
export function encoderError({ encoder, task }: StagePlace, error: unknown): TicketsError {
  if (isTicketsError(error)) return error
  return new TicketsError(
    'ENCODER_FAILED',
    `flow "${task.flow}": encoding .${encoder.extension} failed (${messageOf(error)}): cut long texts with mapRows, set maxRowsPerFile, or lower range.rows, and run again`,
    { cause: error },
  )
}

/** The next worker may sweep the staging of a worker that lost its task. That one reads the log again, which shows the loss. */
const swept = ['ENOENT']

/**
 * Only whole files, which are written anew, may be tried again after EIO: once an fsync has failed, the system counts the pages as clean,
 * and a second fsync of the same file or folder would succeed without anything having reached the disk.
 */
const failedWrite = [...swept, 'EIO']

/** Writes the files of a range, hidden and durable. */
export async function stageRange(place: StagePlace, cut: RangeFiles, n: number, attempt: string, range: Range): Promise<StagedRange> {
  const { target, task, encoder, isHeld } = place
  const staging = stagingName(task, n, attempt)
  const footer = footerOf(place.schema, task, range, place.plan?.names)
  const written: StagedFile[] = []
  try {
    for (const { folder: within, rows, encode } of cut.files()) {
      const base = partName(task, n, written.length, encoder.extension)
      const name = within === '' ? base : `${within}/${base}`
      const parts = await encode(footer).catch((error: unknown) => {
        throw encoderError(place, error)
      })
      const { bytes, upload } = await target.stage(staging, name, parts, { mustExist: isHeld }).catch((error: unknown) => {
        throw fileError(error, 'SINK_FAILED', `flow "${task.flow}": writing to ${target.location}`, failedWrite)
      })
      written.push({
        name,
        rows,
        bytes,
        crc32: parts.reduce((sum, part) => crc32(part, sum), 0),
        ...(upload !== undefined && { upload }),
        ...(place.table && { stats: await place.table.describe(place.schema, parts) }),
      })
    }
    await target.sealStaged(staging)
  } catch (error) {
    throw fileError(error, 'SINK_FAILED', `flow "${task.flow}": staging in ${target.location}`, swept)
  }
  return { staging, files: written }
}
