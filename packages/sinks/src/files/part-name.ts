import { basename, join } from 'node:path'
import { TicketsError } from '@tickets/core'

/** `name=value`, which cannot lead anywhere else: no `/` or `\` in it, and not hidden. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: no file of ours has control characters in its name
const FOLDER = /^[^./\\=\u0000-\u001f][^/\\=\u0000-\u001f]*=[^/\\\u0000-\u001f]*$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const PART = /^part-[^/\\\u0000-\u001f]*$/

/** Whether a name is that of a folder of Hive partitions. */
export const isPartitionFolder = (name: string): boolean => FOLDER.test(name)

/** Whether a path, relative to a dataset, is that of a published file: `part-…`, in folders `name=value` where there are partitions. */
export function isPartPath(path: string): boolean {
  const names = path.split('/')
  return PART.test(names.pop() ?? '') && names.every(isPartitionFolder)
}

/** The name that a published file has while it is staged: staging is flat, since a file's own name is its own in the whole dataset. */
export const stagedName = (path: string): string => `${basename(path)}.tmp`

/** Linux takes paths of 4,095 bytes; some room is left for what stages and compacts. */
const LONGEST = 3900

/** Throws `SINK_FAILED` for a file that could be staged but never published. */
export function checkLength(target: string, name: string): void {
  const size = Buffer.byteLength(join(target, name))
  if (size <= LONGEST) return
  throw new TicketsError(
    'SINK_FAILED',
    `a file of ${target} would have a path of ${size} bytes, ${LONGEST} at most: cut the values of its partitions with mapRows, or move the dataset as a whole to a shorter path, and run again`,
  )
}
