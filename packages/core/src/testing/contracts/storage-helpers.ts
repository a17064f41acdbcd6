import type { Json } from '../../base/json.ts'
import { partName } from '../../connectors/part-names.ts'
import type { TaskId } from '../../connectors/sink.ts'
import { stagingName } from '../../connectors/staging-names.ts'
import type { HiddenFile, HiddenFiles, Storage } from '../../connectors/storage.ts'
import { crc32 } from '../crc32.ts'
import { type Case, same } from './case.ts'

/** A storage on a place of its own, which does not exist yet. */
export interface StorageUnderTest {
  /** Opens the place anew, as another process would. */
  open: () => Storage
  /** Takes the place away with all that is in it, where that can be done: deletes the folder, or the bucket. */
  clear?: () => Promise<void>
  /** Publishes as many files of a range and stops there, as a process does that is killed; for storages where that can be brought about. */
  publishSome?: (hidden: HiddenFiles, count: number) => Promise<void>
}

/** Makes a case on a new place that was checked. */
export type OnStorage = (name: string, run: (under: StorageUnderTest, storage: Storage) => Promise<void>) => Case

/** What `walk` is asked for to see all files that readers can see. */
export const everything = { folder: (name: string) => name !== '.staging', file: () => true }

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Returns the content of a file as text, or null. */
export async function textOf(storage: Storage, path: string): Promise<string | null> {
  const content = await storage.read(path)
  return content && new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content)
}

/** Returns the sorted names in a folder, without the one for what is hidden. */
export const namesOf = async (storage: Storage, folder = ''): Promise<readonly string[]> =>
  (await storage.names(folder)).filter((name) => name !== '.staging').sort()

/** Returns the sorted paths that readers see. */
export const pathsOf = async (storage: Storage): Promise<readonly string[]> => [...((await storage.walk(everything)) ?? new Map()).keys()]

/** The task whose ranges are staged. */
export const TASK: TaskId = { logId: 'aaaa0000', flow: 'flow', task: 'tickets-0' }

/** Returns the published path of file `k` of a range, every second one in a partition. */
export const pathOf = (n: number, k = 0, id: TaskId = TASK): string => `${k % 2 === 0 ? '' : `day=2026-11-2${k}/`}${partName(id, n, k, 'parquet')}`

/** Stages files with these contents for a range, and returns them as the record of the range does, read from its JSON. */
export async function stage(
  storage: Storage,
  n: number,
  attempt: string,
  contents: readonly string[] = [`${n} ${attempt}`],
  id: TaskId = TASK,
): Promise<HiddenFiles> {
  const staging = stagingName(id, n, attempt)
  const files: HiddenFile[] = []
  for (const [k, text] of contents.entries()) {
    const content = bytesOf(text)
    const { bytes, upload } = await storage.stage(staging, pathOf(n, k, id), [content], { mustExist: false })
    same(bytes, content.length, `the size of ${pathOf(n, k, id)}`)
    files.push(hiddenFile(pathOf(n, k, id), content, upload))
  }
  await storage.sealStaged(staging)
  return asRecorded({ staging, files })
}

/** Returns a staged file as a record keeps it. */
export const hiddenFile = (name: string, content: Uint8Array, upload?: Json): HiddenFile => ({
  name,
  bytes: content.length,
  crc32: crc32(content),
  ...(upload !== undefined && { upload }),
})

/** Returns what another process reads from a record. */
export const asRecorded = (hidden: HiddenFiles): HiddenFiles => JSON.parse(JSON.stringify(hidden)) as HiddenFiles
