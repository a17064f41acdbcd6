import type { Storage } from '@tickets/core'
import { parsePart } from '@tickets/core/internal'
import { listParts } from '../../files/listing.ts'
import { COMPACT, LAKE } from '../dataset/parts.ts'
import { compactedLogs } from '../dataset/records.ts'

/**
 * Removes what compactions of logs that lost the dataset have left: files that became visible after the takeover had listed what to remove, and
 * their records. Nothing to do, and one folder looked at, where there are none.
 */
export async function removeCompactions(dataset: Storage, logs: readonly string[]): Promise<void> {
  const lost = (await compactedLogs(dataset)).filter((log) => logs.includes(log))
  if (lost.length === 0) return
  const isLost = (path: string) => {
    const part = parsePart(path)
    return part?.task === COMPACT && lost.includes(part.log)
  }
  await dataset.remove((await listParts(dataset)).filter(isLost))
  // The records go last: without them nobody would look for the files again.
  for (const log of lost) {
    const folder = `${LAKE}/${log}`
    await dataset.remove((await dataset.names(folder)).map((name) => `${folder}/${name}`))
  }
}
