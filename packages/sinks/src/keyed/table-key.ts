import { type Field, type Schema, TicketsError } from '@tickets/core'
import { isComparable } from '@tickets/core/internal'

/** Says which rows of a table replace which others. */
export interface KeyOptions<T> {
  /**
   * The columns that tell rows apart: a row replaces the one with the same key, and of rows with a `revision` the highest stays. By default the window's
   * bounds and `by` for rows of windows, and none for others: then every row is added, once. `[]` keeps each revision of a window.
   */
  readonly key?: (keyof T & string) | readonly (keyof T & string)[]
  /** The name of a boolean column: a row where it is true removes the row of its key, and is not written itself. It needs a key. */
  readonly deleteWhen?: keyof T & string
}

/** The same, for rows of any type. */
export interface AnyKeyOptions {
  readonly key?: string | readonly string[] | undefined
  readonly deleteWhen?: string | undefined
}

/** How the rows of one schema replace those of a table. */
export interface TableKey {
  /** The columns that tell rows apart. */
  readonly columns: readonly Field[]
  /** The column that says which of two rows with one key stays: the higher. Null where the later row stays. */
  readonly revision: string | null
  readonly deleteWhen: string | null
  /** Columns of the key in which the empty text is null, as partition columns of some tables are. None where it is absent. */
  readonly emptyIsNull?: ReadonlySet<string>
}

const REVISION = 'revision'

/** Checks the form of the options. Throws `OPTION_INVALID`. */
export function checkKeyOptions({ key, deleteWhen }: { readonly key?: unknown; readonly deleteWhen?: unknown }): void {
  const names = typeof key === 'string' ? [key] : key
  if (names !== undefined && !(Array.isArray(names) && names.every((name) => typeof name === 'string')))
    throw new TicketsError('OPTION_INVALID', `key is the name of a column or a list of them, got ${JSON.stringify(key)}`)
  if (deleteWhen !== undefined && typeof deleteWhen !== 'string')
    throw new TicketsError('OPTION_INVALID', `deleteWhen is the name of a boolean column, got ${JSON.stringify(deleteWhen)}`)
}

/** Returns the columns of a key: the given ones, else the key columns of windows, else none. Throws `OPTION_INVALID`. */
export function keyColumns(schema: Schema<unknown>, given: string | readonly string[] | undefined, target: string): readonly Field[] {
  const key = given === undefined ? schema.keys : typeof given === 'string' ? [given] : [...given]
  const fields = key.map((name) => {
    const field = schema.fields.find((one) => one.name === name)
    if (!field) throw noColumn(schema, `"${name}" to be a key of ${target}`, 'key')
    if (isComparable(field.kind)) return field
    throw new TicketsError(
      'OPTION_INVALID',
      `the key "${name}" of ${target} is of kind ${field.kind}, by which rows cannot be told apart: set \`key\` to other columns`,
    )
  })
  if (new Set(key).size < key.length) throw new TicketsError('OPTION_INVALID', `a column stands twice in the key of ${target}: ${key.join(', ')}`)
  return fields
}

/** Returns the column that says which of two rows with one key stays, the higher; null where the later one stays. */
export function revisionOf(schema: Schema<unknown>, key: readonly string[]): string | null {
  const isRevised = key.length > 0 && !key.includes(REVISION) && schema.keys.length > 0
  return isRevised && schema.fields.some(({ name, kind }) => name === REVISION && kind === 'int32') ? REVISION : null
}

/** Returns the key of a table for rows of a schema; null where every row is added. Throws `OPTION_INVALID` with what to do. */
export function tableKey(schema: Schema<unknown>, { key, deleteWhen }: AnyKeyOptions, target: string): TableKey | null {
  const columns = keyColumns(schema, key, target)
  const names = columns.map(({ name }) => name)
  if (deleteWhen !== undefined) checkDeleteWhen(schema, names, deleteWhen, target)
  if (columns.length === 0) return null
  return { columns, revision: revisionOf(schema, names), deleteWhen: deleteWhen ?? null }
}

/** Throws `OPTION_INVALID` where a column cannot say which rows are deleted. */
export function checkDeleteWhen(schema: Schema<unknown>, key: readonly string[], deleteWhen: string, target: string): void {
  const field = schema.fields.find(({ name }) => name === deleteWhen)
  if (!field) throw noColumn(schema, `"${deleteWhen}" that says which rows of ${target} are deleted`, 'deleteWhen')
  if (field.kind !== 'boolean')
    throw new TicketsError('OPTION_INVALID', `deleteWhen is a boolean column, and "${deleteWhen}" is of kind ${field.kind}: make one with mapRows`)
  if (key.length === 0)
    throw new TicketsError('OPTION_INVALID', `deleteWhen of ${target} needs a key that says which row goes: set \`key\` to the columns of one`)
  if (key.includes(deleteWhen))
    throw new TicketsError('OPTION_INVALID', `deleteWhen of ${target}, "${deleteWhen}", is part of the key: leave it out of \`key\``)
}

/** Returns the text by which a log remembers the key: empty where neither option says anything. Other texts mean that rows replace others. */
export function describeKey({ key = [], deleteWhen }: AnyKeyOptions): string {
  const names = typeof key === 'string' ? [key] : [...key].sort()
  const parts = [...(names.length > 0 ? [`key ${names.join(', ')}`] : []), ...(deleteWhen === undefined ? [] : [`deleteWhen ${deleteWhen}`])]
  return parts.length === 0 ? '' : ` with ${parts.join(' and ')}`
}

const noColumn = ({ name, fields }: Schema<unknown>, what: string, option: string) =>
  new TicketsError('OPTION_INVALID', `${name} has no column ${what}; it has ${fields.map((one) => one.name).join(', ')}: set \`${option}\``)
