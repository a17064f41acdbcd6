import { dirname, join } from 'node:path'
import { parsePart, removeFolderWithFiles } from '@tickets/core/internal'
import { type FileLayer, unless } from '@tickets/core/node'
import { listParts } from '../../files/listing.ts'
import { COMPACT, lakeOf } from '../dataset/parts.ts'
import { compactedLogs } from '../dataset/records.ts'

/**
 * Removes what compactions of logs that lost the dataset have left: files that became visible after the takeover had listed what to remove, and
 * their records. Nothing to do, and one folder looked at, where there are none.
 */
export async function removeCompactions(files: FileLayer, dir: string, logs: readonly string[]): Promise<void> {
  const lost = (await compactedLogs(files, dir)).filter((log) => logs.includes(log))
  if (lost.length === 0) return
  const folders = new Set<string>()
  for (const path of await listParts(files, dir)) {
    const part = parsePart(path)
    if (part?.task !== COMPACT || !lost.includes(part.log)) continue
    await unless(files.unlink(join(dir, path)), ['ENOENT'], undefined)
    folders.add(dirname(join(dir, path)))
  }
  for (const folder of folders) await unless(files.syncFolder(folder), ['ENOENT'], undefined)
  for (const log of lost) await removeFolderWithFiles(files, join(lakeOf(dir), log))
}
