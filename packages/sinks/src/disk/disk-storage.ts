import { basename, dirname, join } from 'node:path'
import type { HiddenFiles, StageOptions, Storage, StoredFile, TaskId } from '@tickets/core'
import { type Attempt, createIfAbsent, makeFolders, removeFolderWithFiles, removeLeftovers, syncUpwards } from '@tickets/core/internal'
import { type Entry, type FileLayer, nodeFiles, unless } from '@tickets/core/node'
import { checkLength, stagedName, stagingOf, targetPath, temporaryName } from './names.ts'
import { placeOf } from './place.ts'
import { checkTarget, removeMade } from './preflight.ts'
import { publishRange } from './publish.ts'
import { removeParts, removeStagingOf } from './remove.ts'
import { isPublishing, stagedNumbers } from './staged-ranges.ts'
import { sweepStaging } from './sweep.ts'

const toStored = ({ size, modified, identity }: Entry): StoredFile => ({ size, modified, version: `${identity} ${size} ${modified}` })

async function walk(files: FileLayer, root: string, folder: string, accepts: Accepts, found: Map<string, StoredFile>): Promise<boolean> {
  const names = await unless(files.readFolder(join(root, folder)), ['ENOENT', 'ENOTDIR'], null)
  if (!names) return false
  // A dataset of its own may lie below this one.
  if (folder !== '' && names.includes('.staging')) return true
  for (const name of names) {
    const path = folder === '' ? name : `${folder}/${name}`
    const [isFile, isFolder] = [accepts.file(name), accepts.folder(name)]
    const entry = isFile || isFolder ? await unless(files.stat(join(root, path)), ['ENOTDIR'], null) : null
    if (entry?.kind === 'file' && isFile) found.set(path, toStored(entry))
    else if (entry?.kind === 'folder' && isFolder) await walk(files, root, path, accepts, found)
  }
  return true
}

type Accepts = Parameters<Storage['walk']>[0]

/**
 * A folder of a local disk as a storage. A staged file lies below `.staging` and gets its name by `link`, so that it is never copied; names are durable
 * once their folders are synced.
 */
class DiskStorage implements Storage {
  readonly location: string
  readonly #files: FileLayer
  /** Folders whose own names this process has made durable. */
  readonly #durable = new Set<string>()
  /** Staging → the folders that were made for it, until it is sealed. */
  readonly #made = new Map<string, readonly string[]>()
  /** Tasks whose staging of earlier releases was swept: none of their processes runs beside this one. */
  readonly #swept = new Set<string>()

  constructor(location: string, files: FileLayer) {
    this.location = location
    this.#files = files
  }

  below(path: string): Storage {
    return new DiskStorage(join(this.location, path), this.#files)
  }

  beside(suffix: string): Storage {
    return new DiskStorage(`${this.location}${suffix}`, this.#files)
  }

  place(): Promise<string> {
    return placeOf(this.#files, this.location)
  }

  async check(): Promise<() => Promise<void>> {
    const made = await checkTarget(this.#files, this.location)
    return () => removeMade(this.#files, made)
  }

  removeLeftovers(folder: string, isDone?: (name: string) => boolean): Promise<void> {
    return removeLeftovers(this.#files, this.#at(folder), isDone)
  }

  names(folder: string): Promise<readonly string[]> {
    return unless(this.#files.readFolder(this.#at(folder)), ['ENOENT', 'ENOTDIR'], [])
  }

  async walk(accepts: Accepts): Promise<ReadonlyMap<string, StoredFile> | null> {
    const found = new Map<string, StoredFile>()
    if (!(await walk(this.#files, this.location, '', accepts, found))) return null
    return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  read(path: string): Promise<Uint8Array | null> {
    return unless(this.#files.readFile(this.#at(path)), ['ENOENT', 'ENOTDIR'], null)
  }

  async stat(path: string): Promise<StoredFile | null> {
    const entry = await unless(this.#files.stat(this.#at(path)), ['ENOTDIR'], null)
    return entry?.kind === 'file' ? toStored(entry) : null
  }

  async makeDurable(folder: string): Promise<void> {
    await syncUpwards(this.#files, this.#at(folder), [])
  }

  async create(path: string, parts: readonly Uint8Array[]): Promise<boolean> {
    const folder = await this.#folderOf(path)
    return (await createIfAbsent(this.#files, folder, basename(path), temporaryName(path), parts)) === 'created'
  }

  async replace(path: string, parts: readonly Uint8Array[]): Promise<void> {
    const folder = await this.#folderOf(path)
    const written = join(folder, temporaryName(path))
    await this.#files.writeFile(written, parts)
    await this.#files.rename(written, this.#at(path))
    await this.#files.syncFolder(folder)
  }

  remove(paths: readonly string[]): Promise<void> {
    return removeParts(this.#files, this.location, paths)
  }

  async stage(
    staging: string,
    name: string,
    parts: readonly Uint8Array[] | AsyncIterable<Uint8Array>,
    { mustExist }: StageOptions,
  ): Promise<{ readonly bytes: number }> {
    checkLength(this.location, name)
    const folder = this.#at(staging)
    // Neither the target is made again, which would hide what was lost, nor `.staging`, which holds the owner's mark: the target may be the empty folder
    // of a volume that is not mounted, and its files would vanish once the volume is mounted.
    if (!this.#made.has(staging)) this.#made.set(staging, await makeFolders(this.#files, folder, mustExist ? stagingOf(this.location) : undefined))
    const path = join(folder, stagedName(name))
    try {
      if (!Array.isArray(parts)) return { bytes: await this.#files.writeStream(path, parts as AsyncIterable<Uint8Array>) }
      await this.#files.writeFile(path, parts)
      return { bytes: (parts as readonly Uint8Array[]).reduce((sum, part) => sum + part.byteLength, 0) }
    } catch (error) {
      this.#made.delete(staging)
      throw error
    }
  }

  /** Syncs the folders from that of the staged files up to the target (docs/internals/protocol.md#3.4). */
  async sealStaged(staging: string): Promise<void> {
    const made = this.#made.get(staging)
    if (!made) return
    this.#made.delete(staging)
    const [folder, root] = [this.#at(staging), this.location]
    await this.#files.syncFolder(folder)
    for (let child = folder; child !== root; child = dirname(child)) {
      if (this.#durable.has(child) && !made.includes(child)) continue
      await this.#files.syncFolder(dirname(child))
    }
    if (!this.#durable.has(root) || made.includes(root)) await syncUpwards(this.#files, root, made)
    for (let at = dirname(folder); at !== root; at = dirname(at)) this.#durable.add(at)
    this.#durable.add(root)
  }

  publish(hidden: HiddenFiles, isOwn: boolean): Promise<void> {
    return publishRange(this.#files, this.location, hidden, isOwn)
  }

  discard({ staging }: HiddenFiles): Promise<void> {
    return removeFolderWithFiles(this.#files, this.#at(staging))
  }

  async sweep(task: TaskId, head: Attempt): Promise<void> {
    const key = `${task.logId}/${task.flow}/${task.task}`
    await sweepStaging(this.#files, this.location, task, head, !this.#swept.has(key))
    this.#swept.add(key)
  }

  discardLogs(logs: readonly string[]): Promise<void> {
    return removeStagingOf(this.#files, this.location, logs)
  }

  staged(task: TaskId): Promise<readonly number[]> {
    return stagedNumbers(this.#files, this.location, task)
  }

  async isStaged({ staging, files }: HiddenFiles): Promise<boolean> {
    for (const { name } of files) if (await this.stat(`${staging}/${stagedName(name)}`)) return true
    return false
  }

  isPublishing(task: TaskId, n: number, published: ReadonlyMap<string, string>): Promise<boolean> {
    return isPublishing(this.#files, this.location, task, n, published)
  }

  #at(path: string): string {
    return join(this.location, path)
  }

  /** Makes the folder of a file, below a place that must exist, with a durable name. */
  async #folderOf(path: string): Promise<string> {
    const folder = dirname(this.#at(path))
    const made = folder === this.location ? [] : await makeFolders(this.#files, folder, this.location)
    if (made.length > 0 || !this.#durable.has(folder)) await syncUpwards(this.#files, folder, made)
    this.#durable.add(folder)
    return folder
  }
}

/**
 * Returns the storage that a user gave: a path means a folder of the local disk, from the working directory of this moment.
 *
 * @throws `OPTION_INVALID` for a text that is no path
 */
export const storageAt = (place: string | Storage, files: FileLayer = nodeFiles): Storage =>
  typeof place === 'string' || !place ? new DiskStorage(targetPath(place), files) : place
