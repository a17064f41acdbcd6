import { type FileHandle, link, mkdir, open, readdir, readFile, rename, rmdir, stat, unlink } from 'node:fs/promises'
import { errorCode } from '../../base/errors.ts'

/** What stands at a path. */
export interface Entry {
  readonly kind: 'file' | 'folder' | 'other'
  readonly size: number
  /** The same for two names of one file, and only then. */
  readonly identity: string
  /** When its content was last written, in epoch milliseconds. */
  readonly modified: number
}

/**
 * Every access of the commit log and the staged-file sinks to the file system, so that tests can break each one.
 * Failures are errors with the `code` of the operating system.
 *
 * A name that was made or removed is on stable storage only after `syncFolder` of the folder that holds it.
 */
export interface FileLayer {
  /** Makes one folder. Returns false if it existed. */
  makeFolder(path: string): Promise<boolean>
  /** Writes a new file and makes its content durable. Never writes into an existing file. */
  writeFile(path: string, parts: readonly Uint8Array[]): Promise<void>
  /** Writes a new file from parts that are made meanwhile, so that only one of them is in memory. Returns the bytes written. */
  writeStream(path: string, parts: AsyncIterable<Uint8Array>): Promise<number>
  /** Reads a file. */
  readFile(path: string): Promise<Uint8Array>
  /** Gives a file a second name. Throws EEXIST if the name exists. */
  link(from: string, to: string): Promise<void>
  /** Renames a file, and replaces one that has the new name. */
  rename(from: string, to: string): Promise<void>
  /** Removes a name of a file. */
  unlink(path: string): Promise<void>
  /** Removes an empty folder. */
  removeFolder(path: string): Promise<void>
  /** Returns the names in a folder. */
  readFolder(path: string): Promise<readonly string[]>
  /** Makes the names in a folder durable. */
  syncFolder(path: string): Promise<void>
  /** Returns what is at the path, with links followed; null if there is nothing. */
  stat(path: string): Promise<Entry | null>
}

/** Returns the operating system's code of an error, such as `ENOENT`, or an empty text. */
export const codeOf = (error: unknown): string => errorCode(error) ?? ''

/** Returns the promise's value, or `otherwise` if it fails with one of these codes of the operating system. */
export async function unless<V, O>(promise: Promise<V>, codes: readonly string[], otherwise: O): Promise<V | O> {
  try {
    return await promise
  } catch (error) {
    if (codes.includes(codeOf(error))) return otherwise
    throw error
  }
}

/** Opens a file that is new. One that is there may have a published name as well, which writing into it would destroy, so its name is removed first. */
async function openNew(path: string): Promise<FileHandle> {
  const handle = await unless(open(path, 'wx'), ['EEXIST'], null)
  if (handle) return handle
  await unless(unlink(path), ['ENOENT'], undefined)
  return open(path, 'wx')
}

/** Writes a new file and makes its content durable. */
async function withNewFile(path: string, fill: (handle: FileHandle) => Promise<void>): Promise<void> {
  const handle = await openNew(path)
  try {
    await fill(handle)
    // Not `fs.fsync`, which Node refuses under its permission model.
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The file system of this machine. */
export const nodeFiles: FileLayer = {
  async makeFolder(path) {
    const made = await unless(mkdir(path), ['EEXIST'], false)
    if (made !== false) return true
    if ((await stat(path)).isDirectory()) return false
    throw Object.assign(new Error(`ENOTDIR: not a folder, mkdir '${path}'`), { code: 'ENOTDIR' })
  },
  async writeFile(path, parts) {
    await withNewFile(path, async (handle) => {
      for (const part of parts) await handle.writeFile(part)
    })
  },
  async writeStream(path, parts) {
    let bytes = 0
    await withNewFile(path, async (handle) => {
      for await (const part of parts) {
        await handle.writeFile(part)
        bytes += part.byteLength
      }
    })
    return bytes
  },
  readFile: (path) => readFile(path),
  link: (from, to) => link(from, to),
  rename: (from, to) => rename(from, to),
  unlink: (path) => unlink(path),
  removeFolder: (path) => rmdir(path),
  readFolder: (path) => readdir(path),
  async syncFolder(path) {
    const handle = await open(path, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
  async stat(path) {
    const found = await unless(stat(path, { bigint: true }), ['ENOENT'], null)
    if (!found) return null
    const kind = found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other'
    return { kind, size: Number(found.size), identity: `${found.dev}:${found.ino}`, modified: Number(found.mtimeMs) }
  },
}
