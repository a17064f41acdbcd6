import type { Storage } from '@tickets/core'
import { stagingName } from '@tickets/core/internal'
import { readOwner } from '../../files/owner.ts'
import { type CompactionRecord, compactedLogs, headRecord, syncRecords } from '../dataset/records.ts'
import { finish, idOf } from './commit.ts'

/** Finishes the newest compaction of each log, durably; `before`: logs that lost the dataset. Returns what it finished, log → number. */
export async function finishHeads(dataset: Storage, before: readonly string[]): Promise<Map<string, number>> {
  const finished = new Map<string, number>()
  for (const log of await compactedLogs(dataset)) {
    const head = before.includes(log) ? null : await headRecord(dataset, log)
    if (!head) continue
    await finishDurably(dataset, log, head)
    finished.set(log, head.n)
  }
  return finished
}

async function finishDurably(dataset: Storage, log: string, head: CompactionRecord): Promise<void> {
  await syncRecords(dataset, log)
  await finish(dataset, log, head)
}

/** Whether a recorded compaction was cut off: an output is still staged, or an input is still there. */
async function isCutOff(dataset: Storage, log: string, { n, attempt, inputs, outputs }: CompactionRecord): Promise<boolean> {
  if (await dataset.isStaged({ staging: stagingName(idOf(log), n, attempt), files: outputs })) return true
  for (const path of inputs) if (await dataset.stat(path)) return true
  return false
}

/**
 * Finishes compactions that were recorded and then cut off, so that readers that glob see each row once again (docs/internals/protocol.md#6.5).
 *
 * Every start of a pipeline calls it. It reads the newest record only, and changes nothing where that one is finished. Logs that lost the dataset
 * are left alone: a takeover removes what they compacted.
 */
export async function finishRecorded(dataset: Storage): Promise<void> {
  const before = (await readOwner(dataset))?.before ?? []
  for (const log of await compactedLogs(dataset)) {
    const head = before.includes(log) ? null : await headRecord(dataset, log)
    if (head && (await isCutOff(dataset, log, head))) await finishDurably(dataset, log, head)
  }
}
