import { basename, join } from 'node:path'

/** Returns the folder in a dataset that holds the records of compactions and what its versions are; hidden, and with extensions of its own (docs/internals/protocol.md#7.1). */
export const lakeOf = (dir: string): string => join(dir, '.lake')

/** The task of the file names that compactions of a log write; no partition is called so, since its name would end in a number. */
export const COMPACT = 'compact'

/** A published file by its name. */
export interface Part {
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

/** Returns the parts of a published file's name; null if the name is not of that form. */
export function parsePart(path: string): Part | null {
  const match = /^part-([^-]+)-(.+)-(\d+)-(\d+)\.(\w+)$/.exec(basename(path))
  if (!match) return null
  const [, log = '', task = '', n, k, extension = ''] = match
  return { path, folder: path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '', log, task, n: Number(n), k: Number(k), extension }
}

/** Returns log and task of a part as one text. */
export const taskOf = ({ log, task }: Pick<Part, 'log' | 'task'>): string => `${log}/${task}`

/**
 * Compares files by the order in which they are merged: files of earlier compactions first, then by task and range. The same files always have the
 * same order.
 */
export function inOrder(a: Part, b: Part): number {
  const merged = Number(b.task === COMPACT) - Number(a.task === COMPACT)
  return merged || (a.task < b.task ? -1 : a.task > b.task ? 1 : a.n - b.n || a.k - b.k || (a.path < b.path ? -1 : 1))
}
