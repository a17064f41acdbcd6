import { dirname, join } from 'node:path'
import { TicketsError } from '@tickets/core'
import { makeFolders, partName, removeFolderWithFiles, syncUpwards } from '@tickets/core/internal'
import { type FileLayer, unless } from '@tickets/core/node'
import { rangeFolder, stagedName } from '../../files/names.ts'
import { readOwner } from '../../files/owner.ts'
import { publishRange } from '../../files/publish.ts'
import type { StagedFile } from '../../files/staged.ts'
import { sweepStaging } from '../../files/sweep.ts'
import { COMPACT } from '../dataset/parts.ts'
import { type CompactionRecord, createRecord, latestRecord, pruneRecords } from '../dataset/records.ts'
import { formatOf } from '../formats/formats.ts'
import type { Group } from './plan.ts'

/** Returns the task id under which compactions of a log stage. */
export const idOf = (log: string) => ({ logId: log, task: COMPACT, flow: '' })

/** Returns whether another log has taken the dataset over, so that nothing of this one may become visible any more. */
const isTakenOver = async (files: FileLayer, dir: string, log: string) => (await readOwner(files, dir))?.before.includes(log) ?? false

/** Returns whether a compaction of this number has lost: there is a record of it or a later one, or another log owns the dataset. */
const isBeaten = async (files: FileLayer, dir: string, log: string, n: number) =>
  (await latestRecord(files, dir, log)) >= n || (await isTakenOver(files, dir, log))

/** Merges a group into one file, hidden and durable. Returns null if another compaction has removed one of its inputs. */
async function stage(files: FileLayer, dir: string, group: Group, n: number, attempt: string): Promise<StagedFile | null> {
  const { log, folder, extension, parts, footer, keep } = group
  const staging = join(dir, rangeFolder(idOf(log), n, attempt))
  const name = `${folder === '' ? '' : `${folder}/`}${partName(idOf(log), n, 0, extension)}`
  let rows = 0
  let gone = false
  /** The error of reading an input. Some encoders end quietly when the stream that feeds them fails. */
  let unread: { error: unknown } | null = null
  const read = async (i: number) => {
    try {
      const bytes = await unless(files.readFile(join(dir, parts[i]?.path ?? '')), ['ENOENT'], null)
      if (bytes) return bytes
      gone = true
      throw new TicketsError('SINK_FAILED', `${parts[i]?.path} of ${dir} is gone: another compaction has taken it`, { retryable: true })
    } catch (error) {
      unread = { error }
      throw error
    }
  }
  const merged = formatOf(extension)?.merge({ files: parts.length, read, footer, keep }, (count) => {
    rows = count
  })
  if (!merged) return null
  try {
    const made = await makeFolders(files, staging)
    const bytes = await files.writeStream(join(staging, stagedName(name)), merged)
    if (unread) throw (unread as { error: unknown }).error
    await syncUpwards(files, staging, made)
    if (rows === group.left) return { name, rows, bytes }
  } catch (error) {
    // Another compaction was first: it removed the input, or recorded this number and swept this staging.
    if (gone || (await isBeaten(files, dir, log, n))) return null
    throw error
  }
  throw new TicketsError(
    'ENCODER_FAILED',
    `merging ${parts.length} files of ${join(dir, folder)} gave ${rows} rows instead of ${group.left}: nothing was changed`,
  )
}

/**
 * Does what a record says: publishes its outputs, then removes its inputs. Repeating it changes nothing, also in two processes at the same time.
 * All of it is on stable storage before the next record may be created.
 */
export async function finish(files: FileLayer, dir: string, log: string, record: CompactionRecord): Promise<void> {
  const { n, attempt, inputs, outputs } = record
  try {
    await publishRange(files, dir, { staging: rangeFolder(idOf(log), n, attempt), files: outputs })
  } catch (error) {
    // Another compaction has finished this record and recorded a later one, and may have compacted these files again.
    if (await isBeaten(files, dir, log, n + 1)) return
    throw error
  }
  if (await isTakenOver(files, dir, log)) {
    for (const { name } of outputs) await unless(files.unlink(join(dir, name)), ['ENOENT'], undefined)
    return
  }
  for (const path of inputs) await unless(files.unlink(join(dir, path)), ['ENOENT'], undefined)
  for (const folder of new Set(inputs.map((path) => dirname(join(dir, path))))) await unless(files.syncFolder(folder), ['ENOENT'], undefined)
  await sweepStaging(files, dir, idOf(log), record)
  await pruneRecords(files, dir, log, n)
}

/**
 * Commits one compaction: stages, records, publishes, then removes what it merged. Returns null when another compaction was first and nothing changed.
 */
export async function commitGroup(files: FileLayer, dir: string, group: Group, n: number): Promise<CompactionRecord | null> {
  const attempt = globalThis.crypto.randomUUID().slice(0, 8)
  const { log, parts } = group
  const removeStaged = () => removeFolderWithFiles(files, join(dir, rangeFolder(idOf(log), n, attempt)))
  const output = await stage(files, dir, group, n, attempt).catch(async (error: unknown) => {
    // There is no record yet, and on a full disk each attempt would leave as much again.
    await removeStaged().catch(() => {})
    throw error
  })
  const record = output && { n, attempt, inputs: parts.map(({ path }) => path), outputs: [output] }
  if (record && !(await isTakenOver(files, dir, log)) && (await createRecord(files, dir, log, record))) {
    await finish(files, dir, log, record)
    return record
  }
  await removeStaged()
  return null
}
