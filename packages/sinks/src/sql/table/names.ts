import { type Field, TicketsError } from '@tickets/core'
import type { Dialect } from '../connection/dialect.ts'

/** Tables of ours in a database begin with this. */
export const PREFIX = '_tickets_'

/** How far each flow of each task is written (docs/internals/protocol.md#6.1). */
export const GUARD = '_tickets_guard'
/** Which log writes to which table. */
export const OWNER = '_tickets_owner'
/** What is staged and not yet published. */
export const STAGED = '_tickets_staged'

/** Columns of ours beside the staged rows. */
export const RANGE = '_tickets_range'
export const ROW = '_tickets_row'

/** What keeps a text from being a name in the database; null when it can be one. */
const whyNot = (dialect: Dialect, name: unknown) => (typeof name !== 'string' || name === '' ? 'it is empty' : dialect.whyNoName(name))

/** Refuses what cannot be the name of a table. */
export function checkTable(dialect: Dialect, name: unknown): string {
  const reason = whyNot(dialect, name)
  if (reason) throw new TicketsError('OPTION_INVALID', `table is the name of a table, got ${JSON.stringify(name)}: ${reason}`)
  const table = name as string
  if (/[./\\]/.test(table)) {
    const message = `table is the name of a table alone, got ${JSON.stringify(table)}: ${dialect.nameThePlace}`
    throw new TicketsError('OPTION_INVALID', message)
  }
  if (table.toLowerCase().startsWith(PREFIX))
    throw new TicketsError('OPTION_INVALID', `tables that begin with ${PREFIX} hold what the sink remembers: choose another name than ${table}`)
  return table
}

/** Refuses columns that cannot stand in one table. */
export function checkColumns(dialect: Dialect, fields: readonly Field[], schema: string): void {
  const seen: string[] = []
  for (const { name } of fields) {
    const reason = whyNot(dialect, name)
    if (reason)
      throw new TicketsError(
        'OPTION_INVALID',
        `${schema} has a column ${JSON.stringify(name)}, which no table can have: ${reason}; rename it with mapRows`,
      )
    const other = seen.find((one) => dialect.isSameName(one, name))
    if (other !== undefined) {
      const message = `${schema} has the columns "${other}" and "${name}", which are one in a table: upper and lower case are the same there; rename one with mapRows`
      throw new TicketsError('OPTION_INVALID', message)
    }
    if ([RANGE, ROW].some((ours) => dialect.isSameName(ours, name)))
      throw new TicketsError('OPTION_INVALID', `${schema} has a column "${name}", a name that the sink needs for itself: rename it with mapRows`)
    seen.push(name)
  }
}
