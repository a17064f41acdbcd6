import { type StatsFs, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { type ErrorCode, isTicketsError, messageOf, TicketsError } from '../../base/errors.ts'
import { codeOf } from './file-layer.ts'

const advice: Readonly<Record<string, string>> = {
  ENOENT: 'check that the path exists and was not deleted meanwhile',
  ENOTDIR: 'a part of the path is a file: choose another path',
  EISDIR: 'there is a folder where a file should be: choose another path',
  EACCES: 'give this user the right to read and write there, or choose another path',
  EPERM: 'give this user the right to read and write there, or choose another path',
  EROFS: 'the file system is read-only: choose another path',
  ENOSPC: 'the disk is full: free some space and start again',
  EDQUOT: 'the quota is used up: free some space or raise the quota of this user',
  EMFILE: 'raise the limit of open files (ulimit -n)',
  ENFILE: 'raise the limit of open files of the machine',
  EIO: 'check the disk: it failed to read or write',
}

/** Faults that pass by themselves, or once somebody made room. */
const passing = ['EMFILE', 'ENFILE', 'EAGAIN', 'EBUSY', 'EINTR', 'ENOMEM', 'ENOSPC', 'EDQUOT', 'ETIMEDOUT', 'ESTALE']

/** Returns whether an error of the operating system may pass by itself, or once there is room on the disk. */
export const isPassing = (error: unknown): boolean => passing.includes(codeOf(error))

/** The free blocks and inodes of a file system. */
type Room = Pick<StatsFs, 'bavail' | 'ffree' | 'files'>

/**
 * Returns what to do if there is no space left. A disk may have room and no inode for another file. Some file systems count no inodes at all
 * (`files` is 0).
 */
export function fullDisk({ bavail, ffree, files }: Room): string {
  if (files > 0 && ffree === 0 && bavail > 0)
    return 'the disk has room, but all its inodes are used up: delete files there (many small ones take one each), and start again'
  return 'the disk is full: free some space and start again'
}

/** The room where the operation failed, asked of the folder above where the file is not there; null when nobody can tell. */
function roomAt(error: unknown): Room | null {
  const path = error instanceof Object && 'path' in error && typeof error.path === 'string' ? error.path : null
  for (const at of path === null ? [] : [path, dirname(path)]) {
    try {
      return statfsSync(at)
    } catch {}
  }
  return null
}

/** Returns the part of a message that says what to do about an error of the operating system. */
export function adviceFor(error: unknown): string {
  const room = codeOf(error) === 'ENOSPC' ? roomAt(error) : null
  return `${(room && fullDisk(room)) ?? advice[codeOf(error)] ?? 'see the cause'} (${messageOf(error)})`
}

/**
 * Returns a `TicketsError` for an error of the file system, with what to do. Returns a `TicketsError` as it is.
 *
 * @param alsoPassing more codes that may be retried here
 */
export function fileError(error: unknown, code: ErrorCode, doing: string, alsoPassing: readonly string[] = []): TicketsError {
  if (isTicketsError(error)) return error
  const retryable = isPassing(error) || alsoPassing.includes(codeOf(error))
  return new TicketsError(code, `${doing} failed: ${adviceFor(error)}`, { cause: error, retryable })
}
