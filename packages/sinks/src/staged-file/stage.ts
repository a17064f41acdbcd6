import { dirname, join } from 'node:path'
import { type Batch, isTicketsError, type Range, type Schema, type TaskId, TicketsError } from '@tickets/core'
import { join as joinBatches, slice } from '@tickets/core/arrow'
import type { FileLayer } from '@tickets/core/node'
import { makeFolders, syncUpwards } from '@tickets/core/node'
import type { Encoder } from './encoder.ts'
import { fault } from './faults.ts'
import { footerOf } from './footer.ts'
import { partName, rangeFolder } from './names.ts'
import type { StagedFile, StagedRange } from './staged.ts'

/** Where and how one writer stages. */
export interface StagePlace {
  readonly target: string
  readonly task: TaskId
  readonly schema: Schema<unknown>
  readonly encoder: Encoder
  readonly files: FileLayer
  readonly maxRowsPerFile: number
  /** Folders whose own names this writer has made durable already. */
  readonly durable: Set<string>
}

/** Rows put end to end and cut by count alone, so that how they were batched does not show in the files. */
function* cut(batches: readonly Batch<unknown>[], maxRows: number): Generator<Batch<unknown> | null> {
  if (batches.length === 0) return yield null
  const all = joinBatches(batches)
  for (let from = 0; from < all.length; from += maxRows) yield slice(all, from, Math.min(from + maxRows, all.length))
}

async function encode(
  { encoder, schema, task }: StagePlace,
  rows: Batch<unknown> | null,
  footer: ReadonlyMap<string, string>,
): Promise<Uint8Array[]> {
  try {
    const bytes = await encoder.encode(schema, rows ? [rows] : [], footer)
    return Array.isArray(bytes) ? bytes : [bytes]
  } catch (error) {
    if (isTicketsError(error)) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new TicketsError(
      'ENCODER_FAILED',
      `flow "${task.flow}": encoding .${encoder.extension} failed (${reason}): lower the rows of a range, or choose another format`,
      { cause: error },
    )
  }
}

/** Makes the names of the staged files durable, from their folder up to the target (protocol 3, step 1). */
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

/** A worker that lost its task may see its staging swept by the next one: going back to the log, it learns so. */
const swept = ['ENOENT']

/**
 * Only whole files, which are written anew, may be tried again after EIO: once an fsync has failed, the system counts the pages as clean,
 * and a second fsync of the same file or folder would succeed without anything having reached the disk.
 */
const failedWrite = [...swept, 'EIO']

/** Writes the files of a range, hidden and durable. */
export async function stageRange(
  place: StagePlace,
  batches: readonly Batch<unknown>[],
  n: number,
  attempt: string,
  range: Range,
): Promise<StagedRange> {
  const { target, task, files, encoder } = place
  const staging = rangeFolder(task, n, attempt)
  const folder = join(target, staging)
  const footer = footerOf(place.schema, task, range)
  const written: StagedFile[] = []
  try {
    const made = await makeFolders(files, folder)
    for (const rows of cut(batches, place.maxRowsPerFile)) {
      const parts = await encode(place, rows, footer)
      const name = partName(task, n, written.length, encoder.extension)
      await files.writeFile(join(folder, `${name}.tmp`), parts).catch((error: unknown) => {
        throw fault(error, `flow "${task.flow}": writing to`, target, failedWrite)
      })
      written.push({ name, rows: rows?.length ?? 0, bytes: parts.reduce((sum, part) => sum + part.byteLength, 0) })
    }
    await syncFolders(place, folder, made)
  } catch (error) {
    throw fault(error, `flow "${task.flow}": staging in`, target, swept)
  }
  return { staging, files: written }
}
