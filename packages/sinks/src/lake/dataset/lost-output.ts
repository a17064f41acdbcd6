import { join } from 'node:path'
import { TicketsError } from '@tickets/core'
import { type FileLayer, unless } from '@tickets/core/node'
import { rangeFolder, stagedName } from '../../files/names.ts'
import { COMPACT } from './parts.ts'
import { type CompactionRecord, headRecord, recordPath } from './records.ts'

/**
 * Refuses a dataset whose newest compaction has lost a file: it is neither published nor staged, and the files it was made of are removed.
 *
 * Asked in this order, since a file is published before it leaves the staging folder, and is removed only once a newer record is there.
 *
 * @throws `STAGED_LOST`, with the file, and how to continue without its rows
 */
export async function checkOutputs(files: FileLayer, dir: string, log: string, head: CompactionRecord): Promise<void> {
  const staging = join(dir, rangeFolder({ logId: log, task: COMPACT, flow: '' }, head.n, head.attempt))
  const isThere = async (path: string) => (await unless(files.stat(path), ['ENOTDIR'], null)) !== null
  const lost: string[] = []
  for (const { name } of head.outputs) if (!(await isThere(join(staging, stagedName(name)))) && !(await isThere(join(dir, name)))) lost.push(name)
  if (lost.length === 0) return
  const inputs = await Promise.all(head.inputs.map((path) => isThere(join(dir, path))))
  const now = await headRecord(files, dir, log)
  if (inputs.every(Boolean) || now?.n !== head.n || now.attempt !== head.attempt) return
  const rows = head.outputs.filter(({ name }) => lost.includes(name)).reduce((sum, output) => sum + output.rows, 0)
  throw new TicketsError(
    'STAGED_LOST',
    `${lost.map((name) => join(dir, name)).join(', ')} was made by a compaction and is gone, and so are the files that it was made of: restore it from a backup. Without one its ${rows} rows are lost: to continue with the others, delete ${recordPath(dir, log, head.n)}`,
  )
}
