import type { StoredFile } from '@tickets/core'
import type { PartName } from '@tickets/core/internal'

/** The folder in a dataset that holds the records of compactions and what its versions are; hidden, and with extensions of its own (docs/internals/protocol.md#7.1). */
export const LAKE = '.lake'

/** A published file: what its name tells, and what the storage knows of it. */
export type Part = PartName & Pick<StoredFile, 'size' | 'modified'>

/** The task of the file names that compactions of a log write; no partition is called so, since its name would end in a number. */
export const COMPACT = 'compact'

/** Returns log and task of a part as one text. */
export const taskOf = ({ log, task }: Pick<PartName, 'log' | 'task'>): string => `${log}/${task}`

/**
 * Compares files by the order in which they are merged: files of earlier compactions first, then by task and range. The same files always have the
 * same order.
 */
export function inOrder(a: PartName, b: PartName): number {
  const merged = Number(b.task === COMPACT) - Number(a.task === COMPACT)
  return merged || (a.task < b.task ? -1 : a.task > b.task ? 1 : a.n - b.n || a.k - b.k || (a.path < b.path ? -1 : 1))
}
