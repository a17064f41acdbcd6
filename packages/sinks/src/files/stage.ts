import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import { isTicketsError, messageOf, type Range, type TaskId, TicketsError } from '@tickets/core'
import { fileError, makeFolders, partName, syncUpwards } from '@tickets/core/internal'
import type { FileLayer } from '@tickets/core/node'
import type { IntakeOptions, RangeFiles } from '../intake/intake.ts'
import type { DatasetTable } from './dataset-table.ts'
import { footerOf } from './footer.ts'
import { checkLength, rangeFolder, stagedName, stagingOf } from './names.ts'
import type { StagedFile, StagedRange } from './staged.ts'

/** The target, task and format of one writer. */
export interface StagePlace extends IntakeOptions {
  readonly target: string
  readonly task: TaskId
  readonly files: FileLayer
  /** Whether the target belongs to the log of the task. Then every publish checks that it still does. */
  readonly isHeld: boolean
  /** The table that the files belong to; null where all files in the folder are the dataset. */
  readonly table: DatasetTable | null
  /** Folders whose own names this writer has made durable already. */
  readonly durable: Set<string>
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

/** Makes the names of the staged files durable, from their folder up to the target (docs/internals/protocol.md#3.4). */
async function syncFolders({ files, target, durable }: StagePlace, folder: string, made: readonly string[]): Promise<void> {
  await files.syncFolder(folder)
  for (let child = folder; child !== target; child = dirname(child)) {
    if (durable.has(child) && !made.includes(child)) continue
    await files.syncFolder(dirname(child))
  }
  if (!durable.has(target) || made.includes(target)) await syncUpwards(files, target, made)
  for (let at = dirname(folder); at !== target; at = dirname(at)) durable.add(at)
  durable.add(target)
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
  const { target, task, files, encoder } = place
  const staging = rangeFolder(task, n, attempt)
  const folder = join(target, staging)
  const footer = footerOf(place.schema, task, range, place.plan?.names)
  const written: StagedFile[] = []
  try {
    // Never make a target again: that would hide what was lost. Nor make .staging again, which holds the owner's mark: the target may be the empty
    // folder of a volume that is not mounted, and its files would vanish once the volume is mounted.
    const made = await makeFolders(files, folder, place.isHeld ? stagingOf(target) : undefined)
    for (const { folder: within, rows, encode } of cut.files()) {
      const base = partName(task, n, written.length, encoder.extension)
      const name = within === '' ? base : `${within}/${base}`
      checkLength(target, name)
      const parts = await encode(footer).catch((error: unknown) => {
        throw encoderError(place, error)
      })
      await files.writeFile(join(folder, stagedName(name)), parts).catch((error: unknown) => {
        throw fileError(error, 'SINK_FAILED', `flow "${task.flow}": writing to ${target}`, failedWrite)
      })
      written.push({
        name,
        rows,
        bytes: parts.reduce((sum, part) => sum + part.byteLength, 0),
        crc32: parts.reduce((sum, part) => crc32(part, sum), 0),
        ...(place.table && { stats: await place.table.describe(place.schema, parts) }),
      })
    }
    await syncFolders(place, folder, made)
  } catch (error) {
    throw fileError(error, 'SINK_FAILED', `flow "${task.flow}": staging in ${target}`, swept)
  }
  return { staging, files: written }
}
