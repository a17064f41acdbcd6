import { isTicketsError, TicketsError } from '@tickets/core'
import { codeOf } from './file-layer.ts'

/** What the codes of the operating system mean for whoever has to act. */
const advice: Readonly<Record<string, string>> = {
  EACCES: 'give this process the right to read and write there',
  EPERM: 'give this process the right to read and write there',
  EROFS: 'it is mounted read-only: mount it writable or choose another path',
  ENOTDIR: 'a part of the path is a file: choose a path that is a folder or does not exist yet',
  ENOENT: 'a folder of the path is missing and cannot be made: choose another path, or restart if it was deleted meanwhile',
  ENAMETOOLONG: 'use a shorter path or topic name',
  ENOSPC: 'free some space on that disk',
  EDQUOT: 'free some space, or raise the quota of this user',
  EMFILE: 'raise the limit of open files (ulimit -n)',
  ENFILE: 'raise the limit of open files of the machine',
  EIO: 'check the disk: it failed to read or write',
}

/** Faults that pass by themselves, or once somebody made room: the range is then staged anew. */
const passing = ['EMFILE', 'ENFILE', 'EAGAIN', 'EBUSY', 'EINTR', 'ENOMEM', 'ENOSPC', 'EDQUOT', 'ETIMEDOUT', 'ESTALE']

/** The part of a message that says what to do about an error of the operating system. */
export function adviceFor(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error)
  return `${advice[codeOf(error)] ?? 'see the cause'} (${reason})`
}

/**
 * An error of the file system as `SINK_FAILED`; one of ours as it is.
 *
 * `alsoPassing`: codes that may be tried again here and not everywhere.
 */
export function fault(error: unknown, doing: string, target: string, alsoPassing: readonly string[] = []): TicketsError {
  if (isTicketsError(error)) return error
  const code = codeOf(error)
  const retryable = passing.includes(code) || alsoPassing.includes(code)
  return new TicketsError('SINK_FAILED', `${doing} ${target} failed: ${adviceFor(error)}`, { cause: error, retryable })
}
