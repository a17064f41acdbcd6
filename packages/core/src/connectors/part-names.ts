import type { TaskId } from './sink.ts'

/** What the name of a published file tells. */
export interface PartName {
  /** Relative to the dataset, with `/`. */
  readonly path: string
  /** Where it lies: empty, or `key=value/…`. */
  readonly folder: string
  readonly log: string
  readonly task: string
  readonly n: number
  readonly k: number
  /** Without the dot. */
  readonly extension: string
}

/** Returns the published name of file `k` of a range. */
export const partName = ({ logId, task }: TaskId, n: number, k: number, extension: string): string => `part-${logId}-${task}-${n}-${k}.${extension}`

/** Returns the parts of a published file's name; null if the name is not of that form. */
export function parsePart(path: string): PartName | null {
  const match = /^part-([^-]+)-(.+)-(\d+)-(\d+)\.(\w+)$/.exec(path.slice(path.lastIndexOf('/') + 1))
  if (!match) return null
  const [, log = '', task = '', n, k, extension = ''] = match
  return { path, folder: path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '', log, task, n: Number(n), k: Number(k), extension }
}

/** `name=value`, which cannot lead anywhere else: no `/` or `\` in it, and not hidden. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: no file of ours has control characters in its name
const FOLDER = /^[^./\\=\u0000-\u001f][^/\\=\u0000-\u001f]*=[^/\\\u0000-\u001f]*$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const PART = /^part-[^/\\\u0000-\u001f]*$/

/** Returns whether a name is that of a folder of Hive partitions. */
export const isPartitionFolder = (name: string): boolean => FOLDER.test(name)

/** Returns whether a path, relative to a dataset, is that of a published file: `part-…`, in folders `name=value` where there are partitions. */
export function isPartPath(path: string): boolean {
  const names = path.split('/')
  return PART.test(names.pop() ?? '') && names.every(isPartitionFolder)
}
