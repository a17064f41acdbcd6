import { TicketsError } from '../../base/errors.ts'
import type { PipelineRecord } from '../../connectors/commit-log.ts'
import type { Storage } from '../../connectors/storage.ts'
import { formatOf, verifyChecksum, withChecksum } from './checksum.ts'
import { FORMAT, haveRecords, orphaned, PIPELINE, REMEDY } from './log-layout.ts'
import { checkName } from './record-names.ts'

/** Returns the pipeline record of a log in a storage; null if it has not begun. Throws `LOG_DAMAGED` if there are records without one. */
export async function readStoredPipeline(storage: Storage): Promise<PipelineRecord | null> {
  const file = `${storage.location}/${PIPELINE}`
  let bytes = await storage.read(PIPELINE)
  if (!bytes) {
    const task = await findOrphan(storage)
    // Another process may have begun the log between the two looks.
    bytes = await storage.read(PIPELINE)
    if (!bytes && task !== null) throw orphaned(file, task)
  }
  if (!bytes) return null
  await storage.makeDurable('')
  return verified(bytes, file)
}

function verified(bytes: Uint8Array, file: string): PipelineRecord {
  const record = verifyChecksum(bytes, file, REMEDY, FORMAT) as PipelineRecord
  if (formatOf(bytes) === FORMAT) return record
  throw new TicketsError(
    'LOG_UNUSABLE',
    `${file} is of a layout that only logs in folders are brought up from: run the pipeline once with commitLog('…') on a copy of the log in a folder, then copy that here`,
  )
}

/** Returns the id of the log that stands in a storage; null if there is none. */
export async function storedLogId(storage: Storage): Promise<string | null> {
  const bytes = await storage.read(PIPELINE)
  return bytes && verified(bytes, `${storage.location}/${PIPELINE}`).logId
}

/** Creates the log with this record, and returns the record that stands. */
export async function beginStoredPipeline(storage: Storage, record: PipelineRecord): Promise<PipelineRecord | null> {
  checkName('the id of a log', record.logId)
  const standing = await readStoredPipeline(storage)
  if (standing) return standing
  await storage.create(PIPELINE, withChecksum(record, FORMAT))
  return readStoredPipeline(storage)
}

/** Returns a task that has records without a pipeline record, or null. A new log beside them would publish everything again. */
async function findOrphan(storage: Storage): Promise<string | null> {
  for (const name of await storage.names('')) {
    const inside = await storage.names(name)
    if (haveRecords(inside)) return name
    // A log of its own may lie in this folder.
    if (inside.includes(PIPELINE)) continue
    for (const task of inside) if (haveRecords(await storage.names(`${name}/${task}`))) return `${name}/${task}`
  }
  return null
}
