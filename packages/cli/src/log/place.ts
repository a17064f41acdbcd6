import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type CommitLog, type Storage, TicketsError } from '@tickets/core'
import { holdersOf, type LogHolder } from '@tickets/core/internal'
import { commitLog, type FileLayer, nodeFiles, unless } from '@tickets/core/node'
import { bucketAt, isBucketAddress } from './bucket.ts'

/** A file of a log. */
export interface LogFile {
  /** Relative to the log, with `/`. */
  readonly path: string
  readonly bytes: number
  /** In epoch milliseconds, by the clock of the place. */
  readonly modified: number
}

/** Returns when the newest of these files was written; 0 without any. */
export const lastWrite = (files: readonly LogFile[]): number => files.reduce((last, { modified }) => Math.max(last, modified), 0)

/** Returns how many bytes these files have together. */
export const bytesOf = (files: readonly LogFile[]): number => files.reduce((total, { bytes }) => total + bytes, 0)

/** Where a log lies, to be looked at: nothing here writes. */
export interface LogPlace {
  readonly location: string
  /** The storage of a log in a bucket; null for a folder. */
  readonly storage: Storage | null
  readonly log: CommitLog
  files(): Promise<readonly LogFile[]>
  /** The processes that hold it; null where that cannot be known. */
  holders(): readonly LogHolder[] | null
}

const refuse = async (): Promise<never> => {
  throw new TicketsError('LOG_UNUSABLE', 'this log has the layout of an earlier release: start its pipeline once, which brings it up, and look again')
}

/** Only reads. What a reader has seen it does not act on, so nothing has to be durable first. */
const readOnly: FileLayer = {
  ...nodeFiles,
  async makeFolder(path) {
    if ((await nodeFiles.stat(path))?.kind === 'folder') return false
    return refuse()
  },
  syncFolder: async () => {},
  writeFile: refuse,
  writeStream: refuse,
  link: refuse,
  rename: refuse,
  unlink: refuse,
  removeFolder: refuse,
}

/** Opens a folder, or `s3://bucket/prefix`, as the place of a log. It is never begun, made or changed. */
export async function openPlace(place: string): Promise<LogPlace> {
  return isBucketAddress(place) ? storagePlace(await bucketAt(place)) : folderPlace(resolve(place))
}

/** Returns a storage as the place of a log. */
export function storagePlace(storage: Storage): LogPlace {
  const any = () => true
  return {
    location: storage.location,
    storage,
    log: commitLog(storage),
    files: async () =>
      [...((await storage.walk({ folder: any, file: any })) ?? [])].map(([path, { size, modified }]) => ({ path, bytes: size, modified })),
    holders: () => null,
  }
}

/** Returns the error of a place where no log is. */
export const noLog = (location: string): TicketsError =>
  new TicketsError('OPTION_INVALID', `there is no log in ${location}: give what commitLog() was given`)

function folderPlace(folder: string): LogPlace {
  return {
    location: folder,
    storage: null,
    log: commitLog(folder, { files: readOnly }),
    files: () => filesIn(folder, ''),
    holders: () => holdersOf(folder),
  }
}

async function filesIn(root: string, below: string): Promise<LogFile[]> {
  const entries = await unless(readdir(join(root, below), { withFileTypes: true }), ['ENOENT', 'ENOTDIR'], [])
  const found: LogFile[] = []
  for (const entry of entries) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory()) found.push(...(await filesIn(root, path)))
    else if (entry.isFile()) {
      // Null: pruned since it was listed.
      const file = await unless(stat(join(root, path)), ['ENOENT'], null)
      if (file) found.push({ path, bytes: file.size, modified: file.mtimeMs })
    }
  }
  return found
}
