import { type Schema, TicketsError } from '@tickets/core'
import { type AnyKeyOptions, checkDeleteWhen, keyColumns, revisionOf } from '../../keyed/table-key.ts'
import type { Column, Connection, Dialect } from '../connection/dialect.ts'
import { checkTableFor } from './compatible.ts'
import { checkColumns, RANGE } from './names.ts'

/** How the rows of a sink come into its tables. */
export interface Loading {
  /** What is staged: the columns of the rows, with the types that they have in the end, so that what does not fit is found before it is recorded. */
  readonly columns: readonly Column[]
  /** Where the rows have the value of each column; by default the columns are those of the rows. */
  readonly paths?: readonly string[]
  /** The columns that tell rows apart; none where each row is added. */
  readonly key: readonly string[]
  /** Whether the table may refuse rows whose values fit their columns: then it is tried before they are recorded (docs/internals/protocol.md#3.14). */
  readonly refuses?: boolean
  /** Makes what is missing; null when all is there. Runs before the first rows are published. */
  readonly create: string | null
  /** Moves the rows of one staged range, all in one transaction; `from` is the quoted table they are in, and each statement has the range's id as its one parameter. */
  statements(from: string, columns: readonly string[]): readonly string[]
}

/** Returns the key of a table: the given one, else the key columns of windows, else none. */
export function keyOf(schema: Schema<unknown>, given: string | readonly string[] | undefined, target: string): readonly string[] {
  return keyColumns(schema, given, target).map(({ name, optional, nullable }) => {
    if (!optional && !nullable) return name
    const message = `the key "${name}" of ${target} may be without a value, and rows without one would never replace each other: fill it in with mapRows, or set \`key\` to other columns, or to [] to keep every row`
    throw new TicketsError('OPTION_INVALID', message)
  })
}

/** The length of its values is checked as they are staged. */
const isKey = (columns: readonly string[], key: readonly string[]) => columns.length === key.length && columns.every((name) => key.includes(name))

/** Looks at the target, and says how rows of this schema come into it. */
export async function loadTable(
  connection: Connection,
  table: string,
  target: string,
  schema: Schema<unknown>,
  { key: given, deleteWhen }: AnyKeyOptions,
): Promise<Loading> {
  const { dialect } = connection
  checkColumns(dialect, schema.fields, schema.name)
  const key = keyOf(schema, given, target)
  if (deleteWhen !== undefined) checkDeleteWhen(schema, key, deleteWhen, target)
  const wanted = schema.fields.map((field) => dialect.columnOf(field, key.includes(field.name), connection.collation))
  const existing = await dialect.readTable(connection, table)
  const columns = existing
    ? checkTableFor(dialect, table, target, existing, schema.fields, wanted, key).map((c, i) => ({ ...c, name: wanted[i]?.name ?? c.name }))
    : wanted
  const tooLong = existing ? null : dialect.whyNoKey(wanted.filter(({ name }) => key.includes(name)))
  if (tooLong !== null)
    throw new TicketsError(
      'OPTION_INVALID',
      `the key of ${target} (${key.join(', ')}) ${tooLong}: choose fewer columns as \`key\`, or create the table yourself with shorter ones`,
    )
  return {
    columns,
    key,
    refuses: existing !== null && (existing.refuses || existing.longIndexes.some((index) => !isKey(index, key))),
    create: existing ? null : dialect.createTable({ name: table, columns: wanted, primaryKey: key }),
    statements: (from, names) => {
      const columns = names.map((name) => ({ name, value: `s.${dialect.quote(name)}` }))
      const move = dialect.move({ into: table, columns, from, key, newest: revisionOf(schema, key) ?? undefined })
      return deleteWhen === undefined ? [move] : [move, remove(dialect, { table, from, key, deleteWhen })]
    },
  }
}

/** Returns the statement that removes the rows that a range has marked as deleted, once they are in the table: in its transaction nobody sees them there. */
function remove(
  dialect: Dialect,
  { table, from, key, deleteWhen }: { table: string; from: string; key: readonly string[]; deleteWhen: string },
): string {
  const column = (of: string, name: string) => `${of}.${dialect.quote(name)}`
  const into = dialect.quote(table)
  const same = key.map((name) => `${column('s', name)} = ${column(into, name)}`).join(' AND ')
  return `DELETE FROM ${into} WHERE ${column(into, deleteWhen)} = TRUE AND EXISTS (SELECT 1 FROM ${from} AS s WHERE s.${RANGE} = ? AND ${same})`
}
