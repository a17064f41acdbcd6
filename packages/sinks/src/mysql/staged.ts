import { type Staged, TicketsError } from '@tickets/core'
import type { RangeId } from './ranges.ts'

/** What a record says of the rows that are staged for it. */
export interface StagedRows extends RangeId {
  readonly rows: number
  /** How far the table was written when they were staged: less of it, and the database has lost what was committed. */
  readonly after: number
}

export const toStaged = ({ n, attempt, rows, after }: StagedRows): Staged => ({ n, attempt, rows, after })

/** Reads back what `toStaged` wrote. Throws `LOG_DAMAGED` for anything else. */
export function fromStaged(staged: Staged, target: string): StagedRows {
  const { n, attempt, rows, after } = staged as { [key: string]: unknown }
  const good = [n, rows, after].every(Number.isSafeInteger) && typeof attempt === 'string'
  if (good) return { n, attempt, rows, after } as StagedRows
  const message = `the record for ${target} does not name its staged rows as this release does: restore the log from a backup, or finish with the release that wrote it`
  throw new TicketsError('LOG_DAMAGED', message)
}
