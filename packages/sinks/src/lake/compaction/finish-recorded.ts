import { join } from 'node:path'
import { type FileLayer, unless } from '@tickets/core/node'
import { rangeFolder } from '../../files/names.ts'
import { readOwner } from '../../files/owner.ts'
import { type CompactionRecord, compactedLogs, headRecord, syncRecords } from '../dataset/records.ts'
import { finish, idOf } from './commit.ts'

/** Finishes the newest compaction of each log, durably; `before`: logs that lost the dataset. Returns what it finished, log → number. */
export async function finishHeads(files: FileLayer, dir: string, before: readonly string[]): Promise<Map<string, number>> {
  const finished = new Map<string, number>()
  for (const log of await compactedLogs(files, dir)) {
    const head = before.includes(log) ? null : await headRecord(files, dir, log)
    if (!head) continue
    await finishDurably(files, dir, log, head)
    finished.set(log, head.n)
  }
  return finished
}

async function finishDurably(files: FileLayer, dir: string, log: string, head: CompactionRecord): Promise<void> {
  await syncRecords(files, dir, log)
  await finish(files, dir, log, head)
}

/** Whether a recorded compaction was cut off: an output is still staged, or an input is still there. */
async function isCutOff(files: FileLayer, dir: string, log: string, { n, attempt, inputs }: CompactionRecord): Promise<boolean> {
  const staged = await unless(files.readFolder(join(dir, rangeFolder(idOf(log), n, attempt))), ['ENOENT', 'ENOTDIR'], null)
  if (staged) return true
  for (const path of inputs) if (await unless(files.stat(join(dir, path)), ['ENOTDIR'], null)) return true
  return false
}

/**
 * Finishes compactions that were recorded and then cut off, so that readers that glob see each row once again (docs/internals/protocol.md#6.5).
 *
 * Every start of a pipeline calls it. It reads the newest record only, and changes nothing where that one is finished. Logs that lost the dataset
 * are left alone: a takeover removes what they compacted.
 */
export async function finishRecorded(files: FileLayer, dir: string): Promise<void> {
  const before = (await readOwner(files, dir))?.before ?? []
  for (const log of await compactedLogs(files, dir)) {
    const head = before.includes(log) ? null : await headRecord(files, dir, log)
    if (head && (await isCutOff(files, dir, log, head))) await finishDurably(files, dir, log, head)
  }
}
