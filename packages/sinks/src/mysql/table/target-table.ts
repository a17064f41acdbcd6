import { type Kind, type Schema, TicketsError } from '@tickets/core'
import type { Connection } from '../connection/client.ts'
import { type Column, columnOf, definition, indexBytes } from './columns.ts'
import { checkTableFor } from './compatible.ts'
import { readTable } from './introspection.ts'
import { checkColumns, list, quote } from './names.ts'

/** How the rows of a sink come into its tables. */
export interface Loading {
  /** What is staged: the columns of the rows, with the types that they have in the end, so that what does not fit is found before it is recorded. */
  readonly columns: readonly Column[]
  /** Whether the table may refuse rows whose values fit their columns: then it is tried before they are recorded (docs/internals/protocol.md#3.14). */
  readonly refuses?: boolean
  /** Makes what is missing; null when all is there. Runs before the first rows are published. */
  readonly create: string | null
  /** Moves the rows of one staged range, all in one transaction; `from` is the quoted table they are in, and each statement has the range's id as its one parameter. */
  statements(from: string, columns: readonly string[]): readonly string[]
}

/** Kinds that an index compares by value. */
const comparable = new Set<Kind>(['string', 'enum', 'number', 'integer', 'int32', 'boolean', 'instant', 'date', 'decimal'])

const REVISION = 'revision'

/** Returns the key of a table: the given one, else the key columns of windows, else none. */
export function keyOf(schema: Schema<unknown>, given: string | readonly string[] | undefined, target: string): readonly string[] {
  const key = given === undefined ? schema.keys : typeof given === 'string' ? [given] : [...given]
  for (const name of key) {
    const field = schema.fields.find((one) => one.name === name)
    const has = `it has ${schema.fields.map((one) => one.name).join(', ')}`
    if (!field) throw new TicketsError('OPTION_INVALID', `${schema.name} has no column "${name}" to be a key of ${target}; ${has}: set \`key\``)
    if (!comparable.has(field.kind))
      throw new TicketsError(
        'OPTION_INVALID',
        `the key "${name}" of ${target} is of kind ${field.kind}, by which rows cannot be told apart: set \`key\` to other columns`,
      )
    if (field.optional || field.nullable) {
      const message = `the key "${name}" of ${target} may be without a value, and rows without one would never replace each other: fill it in with mapRows, or set \`key\` to other columns, or to [] to keep every row`
      throw new TicketsError('OPTION_INVALID', message)
    }
  }
  if (new Set(key).size < key.length) throw new TicketsError('OPTION_INVALID', `a column stands twice in the key of ${target}: ${key.join(', ')}`)
  return key
}

/** Looks at the target, and says how rows of this schema come into it. */
export async function loadTable(
  connection: Connection,
  table: string,
  target: string,
  schema: Schema<unknown>,
  given: string | readonly string[] | undefined,
): Promise<Loading> {
  checkColumns(schema.fields, schema.name)
  const key = keyOf(schema, given, target)
  const wanted = schema.fields.map((field) => columnOf(field, key.includes(field.name), connection.collation))
  const existing = await readTable(connection, table)
  const columns = existing
    ? checkTableFor(table, target, existing, schema.fields, wanted, key).map((c, i) => ({ ...c, name: wanted[i]?.name ?? c.name }))
    : wanted
  const bytes = wanted.filter(({ name }) => key.includes(name)).reduce((sum, column) => sum + indexBytes(column), 0)
  if (!existing && bytes > 3072)
    throw new TicketsError(
      'OPTION_INVALID',
      `the key of ${target} (${key.join(', ')}) takes ${bytes} bytes, and an index has room for 3072: choose fewer columns as \`key\`, or create the table yourself with shorter ones`,
    )
  const hasRevision = key.length > 0 && !key.includes(REVISION) && schema.keys.length > 0 && schema.fields.some(({ name }) => name === REVISION)
  return {
    columns,
    refuses: existing?.refuses ?? false,
    create: existing ? null : createTable(table, wanted, key),
    statements: (from, names) => [upsert(table, from, names, key, hasRevision)],
  }
}

function createTable(table: string, columns: readonly Column[], key: readonly string[]): string {
  const parts = [...columns.map(definition), ...(key.length > 0 ? [`PRIMARY KEY (${list(key)})`] : [])]
  return `CREATE TABLE IF NOT EXISTS ${quote(table)} (${parts.join(', ')}) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`
}

/**
 * Moves staged rows. By key and then in their order: tasks that touch the same rows do so in one order, and of two rows of one key the last counts;
 * where rows have a revision, the highest one does, in whatever order they come.
 */
function upsert(table: string, from: string, names: readonly string[], key: readonly string[], hasRevision: boolean): string {
  const order = key.length > 0 ? `${key.map((name) => `s.${quote(name)}`).join(', ')}, s._tickets_row` : 's._tickets_row'
  const insert = `INSERT INTO ${quote(table)} (${list(names)}) SELECT ${names.map((name) => `s.${quote(name)}`).join(', ')} FROM ${from} AS s WHERE s._tickets_range = ? ORDER BY ${order}`
  if (key.length === 0) return insert
  const own = (name: string) => `${quote(table)}.${quote(name)}`
  const [first = ''] = key
  const rest = names.filter((name) => !key.includes(name) && name !== (hasRevision ? REVISION : null))
  const isNewer = `VALUES(${quote(REVISION)}) >= ${own(REVISION)}`
  // Assigned from left to right: the revision goes last, since the others are compared with the old one.
  const sets = hasRevision
    ? [
        ...rest.map((name) => `${own(name)} = IF(${isNewer}, VALUES(${quote(name)}), ${own(name)})`),
        `${own(REVISION)} = GREATEST(VALUES(${quote(REVISION)}), ${own(REVISION)})`,
      ]
    : rest.map((name) => `${own(name)} = VALUES(${quote(name)})`)
  return `${insert} ON DUPLICATE KEY UPDATE ${sets.length > 0 ? sets.join(', ') : `${own(first)} = ${own(first)}`}`
}
