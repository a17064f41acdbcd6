import { basename, join, resolve } from 'node:path'
import { TicketsError } from '@tickets/core'
import { refuseAddress } from '@tickets/core/internal'

/**
 * Returns the folder in a target for files that are not published. Its leading dot and the extensions in it keep readers away
 * (docs/internals/protocol.md#7.1).
 */
export const stagingOf = (target: string): string => join(target, '.staging')

/** Returns the absolute path of a target. */
export function targetPath(path: string): string {
  if (typeof path !== 'string' || path.trim() === '' || path.includes('\0'))
    throw new TicketsError('OPTION_INVALID', `the path of a file sink is a folder, got ${JSON.stringify(path)}`)
  refuseAddress(path)
  return resolve(path)
}

/** Returns the name of a published file while it is staged. Staging is flat, since file names are unique in the whole dataset. */
export const stagedName = (path: string): string => `${basename(path)}.tmp`

/** Returns a name for what becomes the file of a path, in its folder. */
export const temporaryName = (path: string): string => `.commit-${basename(path)}-${globalThis.crypto.randomUUID()}.tmp`

/** Returns whether a name is one of `temporaryName`. */
export const isTemporaryName = (name: string): boolean => /^\.commit-.+-[\da-f-]{36}\.tmp$/.test(name)

/** The longest path of a published file, in bytes. Linux allows 4,095, and staging and compaction need longer paths. */
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
