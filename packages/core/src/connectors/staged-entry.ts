import { TicketsError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import type { Staged } from './sink.ts'

/** One attempt at one numbered record. */
export interface Attempt {
  readonly n: number
  readonly attempt: string
}

/**
 * Returns whether something staged can never be named by a record again, so that a sweep may remove it (docs/internals/protocol.md#3.8): its number is
 * below the head's, or it is another attempt at the head's number. A higher number may belong to a worker that is about to commit it.
 *
 * @example
 * isSweepable({ n: 2, attempt: 'a' }, { n: 3, attempt: 'b' }) // true
 */
export const isSweepable = (found: Attempt, head: Attempt): boolean => found.n < head.n || (found.n === head.n && found.attempt !== head.attempt)

/**
 * Returns how many files an entry of a record names, and their bytes, or those of the messages; 0 for what an entry does not tell.
 *
 * @example
 * sizeOfStaged({ files: [{ name: 'part-0.parquet', rows: 3, bytes: 812 }] }) // { files: 1, bytes: 812 }
 */
export function sizeOfStaged({ files, bytes }: Staged): { files: number; bytes: number } {
  const bytesOf = (value: Json | undefined) => (typeof value === 'number' ? value : 0)
  if (!Array.isArray(files)) return { files: 0, bytes: bytesOf(bytes) }
  const sizes = files.map((file: Json) => bytesOf((file as { readonly bytes?: Json } | null)?.bytes))
  return { files: files.length, bytes: sizes.reduce((sum, size) => sum + size, 0) }
}

/**
 * Returns a sink's entry of a record, typed once `isEntry` has checked it.
 *
 * @param what the things that the entry names, for the error: `files`, `staged rows`
 * @throws `LOG_DAMAGED` for any other value: what an entry names is linked, moved and removed
 */
export function readStaged<T>(staged: Staged, target: string, what: string, isEntry: (entry: unknown) => entry is T): T {
  const entry: unknown = staged
  if (isEntry(entry)) return entry
  throw new TicketsError(
    'LOG_DAMAGED',
    `the record for ${target} does not name its ${what} as this release does: restore the log from a backup, or finish with the release that wrote it`,
  )
}
