import { type Storage, TicketsError } from '@tickets/core'
import { partName, stagingName } from '@tickets/core/internal'
import { readOwner } from '../../files/owner.ts'
import type { StagedFile } from '../../files/staged.ts'
import { COMPACT } from '../dataset/parts.ts'
import { type CompactionRecord, createRecord, latestRecord, pruneRecords } from '../dataset/records.ts'
import { formatOf } from '../formats/formats.ts'
import type { Group } from './plan.ts'

/** Returns the task id under which compactions of a log stage. */
export const idOf = (log: string) => ({ logId: log, task: COMPACT, flow: '' })

/** Returns whether another log has taken the dataset over, so that nothing of this one may become visible any more. */
const isTakenOver = async (dataset: Storage, log: string) => (await readOwner(dataset))?.before.includes(log) ?? false

/** Returns whether a compaction of this number has lost: there is a record of it or a later one, or another log owns the dataset. */
const isBeaten = async (dataset: Storage, log: string, n: number) => (await latestRecord(dataset, log)) >= n || (await isTakenOver(dataset, log))

/** Merges a group into one file, hidden and durable, and adds it to `made`. Returns null if another compaction has removed one of its inputs. */
async function stage(dataset: Storage, group: Group, staging: string, n: number, made: StagedFile[]): Promise<StagedFile | null> {
  const { log, folder, extension, parts, footer, keep, filter = null } = group
  const name = `${folder === '' ? '' : `${folder}/`}${partName(idOf(log), n, 0, extension)}`
  let rows = 0
  let gone = false
  /** The error of reading an input. Some encoders end quietly when the stream that feeds them fails. */
  let unread: { error: unknown } | null = null
  const read = async (i: number) => {
    try {
      const bytes = await dataset.read(parts[i]?.path ?? '')
      if (bytes) return bytes
      gone = true
      throw new TicketsError('SINK_FAILED', `${parts[i]?.path} of ${dataset.location} is gone: another compaction has taken it`, { retryable: true })
    } catch (error) {
      unread = { error }
      throw error
    }
  }
  const merged = formatOf(extension)?.merge({ files: parts.length, read, footer, keep, filter }, (count) => {
    rows = count
  })
  if (!merged) return null
  try {
    const { bytes, upload } = await dataset.stage(staging, name, merged, { mustExist: false })
    const output = { name, rows, bytes, ...(upload !== undefined && { upload }) }
    made.push(output)
    if (unread) throw (unread as { error: unknown }).error
    await dataset.sealStaged(staging)
    if (rows === group.left) return output
  } catch (error) {
    // Another compaction was first: it removed the input, or recorded this number and swept this staging.
    if (gone || (await isBeaten(dataset, log, n))) return null
    throw error
  }
  throw new TicketsError(
    'ENCODER_FAILED',
    `merging ${parts.length} files of ${dataset.location}/${folder} gave ${rows} rows instead of ${group.left}: nothing was changed`,
  )
}

/**
 * Does what a record says: publishes its outputs, then removes its inputs. Repeating it changes nothing, also in two processes at the same time.
 * All of it is on stable storage before the next record may be created.
 */
export async function finish(dataset: Storage, log: string, record: CompactionRecord): Promise<void> {
  const { n, attempt, inputs, outputs } = record
  try {
    await dataset.publish({ staging: stagingName(idOf(log), n, attempt), files: outputs }, false)
  } catch (error) {
    // Another compaction has finished this record and recorded a later one, and may have compacted these files again.
    if (await isBeaten(dataset, log, n + 1)) return
    throw error
  }
  if (await isTakenOver(dataset, log)) return dataset.remove(outputs.map(({ name }) => name))
  await dataset.remove(inputs)
  await dataset.sweep(idOf(log), record)
  await pruneRecords(dataset, log, n)
}

/**
 * Commits one compaction: stages, records, publishes, then removes what it merged. Returns null when another compaction was first and nothing changed.
 */
export async function commitGroup(dataset: Storage, group: Group, n: number): Promise<CompactionRecord | null> {
  const attempt = globalThis.crypto.randomUUID().slice(0, 8)
  const { log, parts } = group
  const staging = stagingName(idOf(log), n, attempt)
  const made: StagedFile[] = []
  const removeStaged = () => dataset.discard({ staging, files: made })
  const output = await stage(dataset, group, staging, n, made).catch(async (error: unknown) => {
    // There is no record yet, and on a full disk each attempt would leave as much again.
    await removeStaged().catch(() => {})
    throw error
  })
  const record = output && { n, attempt, inputs: parts.map(({ path }) => path), outputs: [output] }
  if (record && !(await isTakenOver(dataset, log)) && (await createRecord(dataset, log, record))) {
    await finish(dataset, log, record)
    return record
  }
  await removeStaged()
  return null
}
