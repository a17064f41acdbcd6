import type { StoredFile } from '@tickets/core'
import type { Bucket, ObjectInfo } from '../client/bucket.ts'
import { prefixOf } from './paths.ts'
import { PROBES } from './probes.ts'

/** Returns what is known of an object. Its ETag tells its content, and the time another object of the same content. */
export const toStored = ({ size, modified, etag }: ObjectInfo): StoredFile => ({ size, modified, version: `${etag} ${modified}` })

/** Returns the names of the objects and folders directly in a folder. */
export async function namesIn(bucket: Bucket, prefix: string, folder: string): Promise<string[]> {
  const start = prefixOf(prefix, folder)
  const names: string[] = []
  for await (const { objects, folders } of bucket.list(start, '/')) {
    for (const key of objects.keys()) names.push(key.slice(start.length))
    for (const key of folders) names.push(key.slice(start.length, -1))
  }
  // Some tools create an object for a folder, whose key ends with a slash.
  return names.filter((name) => name !== '' && name !== PROBES)
}

interface Accepts {
  readonly folder: (name: string) => boolean
  readonly file: (name: string) => boolean
}

/** Returns the files below a place in folders whose names are accepted, sorted by path; null if there is no object at all. */
export async function walkObjects(bucket: Bucket, prefix: string, accepts: Accepts): Promise<ReadonlyMap<string, StoredFile> | null> {
  const start = prefixOf(prefix)
  const found: [string, StoredFile][] = []
  /** Folders that are datasets of their own. */
  const datasets = new Set<string>()
  let isEmpty = true
  for await (const { objects } of bucket.list(start)) {
    for (const [key, info] of objects) {
      isEmpty = false
      const path = key.slice(start.length)
      const folders = path.split('/')
      const name = folders.pop() ?? ''
      const staging = folders.indexOf('.staging')
      if (staging > 0) datasets.add(folders.slice(0, staging).join('/'))
      if (accepts.file(name) && folders.every(accepts.folder)) found.push([path, toStored(info)])
    }
  }
  if (isEmpty) return null
  const isOwn = (path: string) => !foldersOf(path).some((folder) => datasets.has(folder))
  return new Map(found.filter(([path]) => isOwn(path)).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Returns all folders that a path lies in: `a` and `a/b` for `a/b/c`. */
function foldersOf(path: string): string[] {
  const names = path.split('/').slice(0, -1)
  return names.map((_, i) => names.slice(0, i + 1).join('/'))
}
