import { createHash } from 'node:crypto'
import type { Dialect } from '../../sql/connection/dialect.ts'

/** Staged rows: the quoted table, and where its row `s` has the values. */
export interface StagedSource {
  readonly from: string
  /** Whether a path was staged: one that a flow has not was left out. */
  has(path: string): boolean
  /** Returns the column of a path, as SQL. */
  at(path: string): string
  /** The path of the event time. */
  readonly time: string
}

/** Databases have room for this in a name; what stands behind it makes a shortened one unique. */
const MOST_BYTES = 60
const KEPT = 40

/** Returns the column in which a path is staged: named as the path, or shortened where that is too long for a name. */
export function stagedName(path: string): string {
  if (Buffer.byteLength(path) <= MOST_BYTES) return path
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 16)
  let kept = path
  while (Buffer.byteLength(kept) > KEPT) kept = [...kept].slice(0, -1).join('')
  return `${kept}~${hash}`
}

/** Returns staged rows as the statements of a star schema need them. */
export function stagedSource(dialect: Dialect, from: string, columns: readonly string[], time: string): StagedSource {
  const there = new Set(columns)
  return {
    from,
    time,
    has: (path) => there.has(stagedName(path)),
    at: (path) => `s.${dialect.quote(stagedName(path))}`,
  }
}
