import { join, resolve } from 'node:path'
import { type TaskId, TicketsError } from '@tickets/core'

/** The folder in a target that holds what is not published; its leading dot and the extensions in it keep readers away (protocol 7.1). */
export const stagingOf = (target: string): string => join(target, '.staging')

/** Where one task stages in a target. Flows need no folder of their own, since no two of them share a target. */
export const taskFolder = (target: string, { logId, task }: TaskId): string => join(stagingOf(target), logId, task)

/** What one attempt at one range stages, as it stands in the record: relative to the target. */
export const rangeFolder = ({ logId, task }: TaskId, n: number, attempt: string): string => `.staging/${logId}/${task}/${n}-${attempt}`

/** The published name of file `k` of a range. */
export const partName = ({ logId, task }: TaskId, n: number, k: number, extension: string): string => `part-${logId}-${task}-${n}-${k}.${extension}`

/** The number and attempt that a folder of staged files is for; null for any other name. */
export function parseRangeFolder(name: string): { readonly n: number; readonly attempt: string } | null {
  const match = /^(\d+)-(.+)$/.exec(name)
  return match ? { n: Number(match[1]), attempt: match[2] as string } : null
}

/** Refuses what cannot be part of a file name on every system, or would lead out of the folder. */
export function checkName(what: string, value: string): void {
  if (/^[\w-][\w.-]*$/.test(value)) return
  throw new TicketsError('OPTION_INVALID', `${what} becomes part of file names: letters, digits, _, - and . only, got ${JSON.stringify(value)}`)
}

/** The absolute path of a target. */
export function targetPath(path: string): string {
  if (typeof path === 'string' && path.trim() !== '' && !path.includes('\0')) return resolve(path)
  throw new TicketsError('OPTION_INVALID', `the path of a file sink is a folder, got ${JSON.stringify(path)}`)
}
