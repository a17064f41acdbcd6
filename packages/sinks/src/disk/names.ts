import { createHash } from 'node:crypto'
import { basename, join, resolve } from 'node:path'
import { type TaskId, TicketsError } from '@tickets/core'
import { refuseAddress } from '@tickets/core/internal'

/**
 * Returns the folder in a target for files that are not published. Its leading dot and the extensions in it keep readers away
 * (docs/internals/protocol.md#7.1).
 */
export const stagingOf = (target: string): string => join(target, '.staging')

/** Returns a folder name for any text. Characters that some file systems do not allow are escaped. */
function folderName(text: string): string {
  const escaped = [...Buffer.from(text)]
    .map((byte, i) => {
      const character = String.fromCharCode(byte)
      return (i === 0 ? /[\w-]/ : /[\w.-]/).test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`
    })
    .join('')
  if (escaped.length <= LONGEST_NAME) return escaped
  return `${escaped.slice(0, LONGEST_NAME / 2)}-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`
}

/** File names have at most 255 bytes, and this is part of one. */
const LONGEST_NAME = 200

/** Returns `<log id>/<flow>/<task>`. A compaction belongs to no flow, so its path has none. */
const below = ({ logId, flow, task }: TaskId) => (flow === '' ? `${logId}/${task}` : `${logId}/${folderName(flow)}/${task}`)

/** Returns the folder in which one task of one flow stages. Two flows never share one, even if their targets turn out to be the same folder. */
export const taskFolder = (target: string, id: TaskId): string => join(stagingOf(target), below(id))

/** Returns the folder in which one attempt stages one range, relative to the target, as the record has it. */
export const rangeFolder = (id: TaskId, n: number, attempt: string): string => `.staging/${below(id)}/${n}-${attempt}`

/** Returns number and attempt from the name of a folder of staged files; null for any other name. */
export function parseRangeFolder(name: string): { readonly n: number; readonly attempt: string } | null {
  const match = /^(\d+)-(.+)$/.exec(name)
  return match ? { n: Number(match[1]), attempt: match[2] as string } : null
}

/** Returns the absolute path of a target. */
export function targetPath(path: string): string {
  if (typeof path !== 'string' || path.trim() === '' || path.includes('\0'))
    throw new TicketsError('OPTION_INVALID', `the path of a file sink is a folder, got ${JSON.stringify(path)}`)
  refuseAddress(path)
  return resolve(path)
}

/** Returns the name of a published file while it is staged. Staging is flat, since file names are unique in the whole dataset. */
export const stagedName = (path: string): string => `${basename(path)}.tmp`

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
