import { dirname, join } from 'node:path'
import { TicketsError } from '../../base/errors.ts'
import type { PipelineRecord } from '../../connectors/commit-log.ts'
import { codeOf, type FileLayer, unless } from '../files/file-layer.ts'
import { makeFolders, syncUpwards } from '../files/folders.ts'
import { formatOf, verifyChecksum, withChecksum } from './checksum.ts'
import { createIfAbsent } from './create.ts'
import { checkName, recordNumber } from './record-names.ts'

/** The first file of a log. */
export const PIPELINE = 'pipeline.json'

/** Format 1 had the folders of the tasks beside `pipeline.json`. Since format 2 they are in a folder named by the log's id. */
export const FORMAT = 2

/** What to do about a damaged log, as the end of a message. */
export const REMEDY =
  'Restore that file from a backup of this log, or start over: stop every process of the pipeline, delete the log, and overwrite the targets'

/** The pipeline record, as it stands. */
interface Standing {
  readonly record: PipelineRecord
  readonly format: number
}

const namesIn = (files: FileLayer, folder: string): Promise<readonly string[]> =>
  unless(files.readFolder(folder), ['ENOENT', 'ENOTDIR'], [] as readonly string[])
export const haveRecords = (names: readonly string[]) => names.some((name) => recordNumber(name) >= 0)

/** Returns the folder of a log's records. A process that holds this path cannot reach the records of a log that was begun later at the same place. */
export const homeOf = (path: string, logId: string): string => join(path, logId)

/** Returns the pipeline record and makes it durable; null if the log has not begun. Throws `LOG_DAMAGED` if there are records without one. */
export async function readPipeline(files: FileLayer, path: string): Promise<Standing | null> {
  const file = join(path, PIPELINE)
  const read = () => unless(files.readFile(file), ['ENOENT'], null)
  let bytes = await read()
  if (!bytes) {
    const task = await findOrphan(files, path)
    // Another process may have begun the log between the two looks.
    bytes = await read()
    if (!bytes && task !== null) throw orphaned(file, task)
  }
  if (!bytes) return null
  await syncUpwards(files, path, [])
  return { record: verifyChecksum(bytes, file, REMEDY, FORMAT) as PipelineRecord, format: formatOf(bytes) }
}

/** Returns the error of a log without its pipeline record. */
export const orphaned = (file: string, task: string): TicketsError =>
  new TicketsError(
    'LOG_DAMAGED',
    `${file} is gone, but ${task} has records. Restore it from any backup of this log, since it never changes; or start over: stop every process of the pipeline, delete the log, and overwrite the targets`,
  )

/** Creates the log with this record unless there is one, its folder first, so that a record always has its folder. */
export async function createPipeline(files: FileLayer, path: string, record: PipelineRecord): Promise<void> {
  checkName('the id of a log', record.logId)
  const home = homeOf(path, record.logId)
  const made = await makeFolders(files, home, path)
  await files.syncFolder(path)
  const created = await createIfAbsent(files, path, PIPELINE, `.pipeline-${globalThis.crypto.randomUUID()}.tmp`, withChecksum(record, FORMAT))
  // Another process was first, and this folder is unowned. The same id twice is one log.
  if (created === 'exists' && made.length > 0 && (await readPipeline(files, path))?.record.logId !== record.logId)
    await unless(files.removeFolder(home), ['ENOENT', 'ENOTEMPTY', 'EEXIST'], undefined)
}

/**
 * Returns the folder of the log's records, and brings a log of the first layout there. Any number of processes may do this at once, and a crash
 * on the way is made good by the next one.
 */
export async function settle(files: FileLayer, path: string, { record, format }: Standing): Promise<string> {
  const home = homeOf(path, record.logId)
  if (format === FORMAT && !(await files.stat(home)))
    throw new TicketsError('LOG_DAMAGED', `${home}, the folder of the log's records, is gone, but ${PIPELINE} names it. ${REMEDY}`)
  if (format !== FORMAT) {
    await makeFolders(files, home, path)
    // First the format: from here on a process of an older release, which would begin from nothing, refuses the log.
    const temporary = join(path, `.pipeline-${globalThis.crypto.randomUUID()}.tmp`)
    await files.writeFile(temporary, withChecksum(record, FORMAT))
    await files.rename(temporary, join(path, PIPELINE))
    await files.syncFolder(path)
  }
  await moveTasks(files, path, home)
  return home
}

async function moveTasks(files: FileLayer, path: string, home: string): Promise<void> {
  let moved = false
  for (const task of await files.readFolder(path)) {
    const from = join(path, task)
    if (from === home || !haveRecords(await namesIn(files, from))) continue
    try {
      // Nothing to do where another process has moved it meanwhile.
      await unless(files.rename(from, join(home, task)), ['ENOENT'], undefined)
      moved = true
    } catch (error) {
      if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error
      throw new TicketsError(
        'LOG_DAMAGED',
        `both ${from} and ${join(home, task)} have records: a process of an older release still runs, or files were copied here. Stop every process of the pipeline, move ${from} away, and start again`,
        { cause: error },
      )
    }
  }
  if (!moved) return
  await files.syncFolder(home)
  await files.syncFolder(dirname(home))
}

/** A task that has records without a pipeline record; null when there is none. A new log beside them would publish everything again. */
async function findOrphan(files: FileLayer, path: string): Promise<string | null> {
  for (const name of await namesIn(files, path)) {
    const inside = await namesIn(files, join(path, name))
    if (haveRecords(inside)) return name
    // A log of its own may lie in this folder.
    if (inside.includes(PIPELINE)) continue
    for (const task of inside) if (haveRecords(await namesIn(files, join(path, name, task)))) return `${name}/${task}`
  }
  return null
}
