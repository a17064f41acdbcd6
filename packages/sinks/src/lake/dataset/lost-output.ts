import { type Storage, TicketsError } from '@tickets/core'
import { stagingName } from '@tickets/core/internal'
import { COMPACT } from './parts.ts'
import { type CompactionRecord, headRecord, recordPath } from './records.ts'

/**
 * Refuses a dataset whose newest compaction has lost a file: it is neither published nor staged, and the files it was made of are removed.
 *
 * Asked in this order, since a file is published before it leaves the staging folder, and is removed only once a newer record is there.
 *
 * @throws `STAGED_LOST`, with the file, and how to continue without its rows
 */
export async function checkOutputs(dataset: Storage, log: string, head: CompactionRecord): Promise<void> {
  const staging = stagingName({ logId: log, task: COMPACT, flow: '' }, head.n, head.attempt)
  const isThere = async (path: string) => (await dataset.stat(path)) !== null
  const lost: string[] = []
  for (const output of head.outputs)
    if (!(await dataset.isStaged({ staging, files: [output] })) && !(await isThere(output.name))) lost.push(output.name)
  if (lost.length === 0) return
  const inputs = await Promise.all(head.inputs.map(isThere))
  const now = await headRecord(dataset, log)
  if (inputs.every(Boolean) || now?.n !== head.n || now.attempt !== head.attempt) return
  const rows = head.outputs.filter(({ name }) => lost.includes(name)).reduce((sum, output) => sum + output.rows, 0)
  throw new TicketsError(
    'STAGED_LOST',
    `${lost.map((name) => `${dataset.location}/${name}`).join(', ')} was made by a compaction and is gone, and so are the files that it was made of: restore it from a backup. Without one its ${rows} rows are lost: to continue with the others, delete ${dataset.location}/${recordPath(log, head.n)}`,
  )
}
