import { type ErrorCode, isTicketsError, messageOf, TicketsError } from '../errors/errors.ts'
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

/** The part of a message that says what to do about an error of the operating system. */
export function adviceFor(error: unknown): string {
  return `${advice[codeOf(error)] ?? 'see the cause'} (${messageOf(error)})`
}

/**
 * An error of the file system as one of ours, with what to do; one of ours as it is.
 *
 * @param alsoPassing codes that may be tried again here and not everywhere
 */
export function fault(error: unknown, code: ErrorCode, doing: string, alsoPassing: readonly string[] = []): TicketsError {
  if (isTicketsError(error)) return error
  const retryable = passing.includes(codeOf(error)) || alsoPassing.includes(codeOf(error))
  return new TicketsError(code, `${doing} failed: ${adviceFor(error)}`, { cause: error, retryable })
}
