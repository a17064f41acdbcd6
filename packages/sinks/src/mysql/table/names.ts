import { type Field, TicketsError } from '@tickets/core'

/** Tables of ours in a database begin with this. */
export const PREFIX = '_tickets_'

/** How far each flow of each task is written (docs/internals/protocol.md#6.1). */
export const GUARD = '`_tickets_guard`'
/** Which log writes to which table. */
export const OWNER = '`_tickets_owner`'
/** What is staged and not yet published. */
export const STAGED = '`_tickets_staged`'

/** Columns of ours beside the staged rows. */
export const RANGE = '_tickets_range'
export const ROW = '_tickets_row'

/** Returns a checked name as SQL: in backticks, with those inside doubled. */
export const quote = (name: string): string => `\`${name.replaceAll('`', '``')}\``

/** Returns names as SQL, each quoted, separated by commas. */
export const list = (names: readonly string[]): string => names.map(quote).join(', ')

/** What keeps a text from being a name in the database; null when it can be one. */
function whyNot(name: unknown): string | null {
  if (typeof name !== 'string' || name === '') return 'it is empty'
  if ([...name].length > 64) return 'it is longer than 64 characters'
  // Control characters are allowed by the servers and useful to nobody.
  if (/[\p{Cc}\p{Cs}\u{10000}-\u{10ffff}]/u.test(name)) return 'it has a control character, an emoji or another one beyond U+FFFF'
  if (/\s$/.test(name)) return 'it ends in a space'
  return null
}

/** Refuses what cannot be the name of a table. */
export function checkTable(name: unknown): string {
  const reason = whyNot(name)
  if (reason) throw new TicketsError('OPTION_INVALID', `table is the name of a table, got ${JSON.stringify(name)}: ${reason}`)
  const table = name as string
  if (/[./\\]/.test(table)) {
    const message = `table is the name of a table alone, got ${JSON.stringify(table)}: name the database at the end of \`url\``
    throw new TicketsError('OPTION_INVALID', message)
  }
  if (table.toLowerCase().startsWith(PREFIX))
    throw new TicketsError('OPTION_INVALID', `tables that begin with ${PREFIX} hold what the sink remembers: choose another name than ${table}`)
  return table
}

/** Refuses columns that cannot stand in one table. */
export function checkColumns(fields: readonly Field[], schema: string): void {
  const seen = new Map<string, string>()
  for (const { name } of fields) {
    const reason = whyNot(name)
    if (reason)
      throw new TicketsError(
        'OPTION_INVALID',
        `${schema} has a column ${JSON.stringify(name)}, which no table can have: ${reason}; rename it with mapRows`,
      )
    const other = seen.get(name.toLowerCase())
    if (other !== undefined) {
      const message = `${schema} has the columns "${other}" and "${name}", which are one in a table: upper and lower case are the same there; rename one with mapRows`
      throw new TicketsError('OPTION_INVALID', message)
    }
    if ([RANGE, ROW].includes(name.toLowerCase()))
      throw new TicketsError('OPTION_INVALID', `${schema} has a column "${name}", a name that the sink needs for itself: rename it with mapRows`)
    seen.set(name.toLowerCase(), name)
  }
}
