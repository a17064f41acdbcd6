import { type Field, TicketsError } from '@tickets/core'
import type { Column, Connection, ExistingTable } from '../sql/connection/dialect.ts'
import { checkTableFor } from '../sql/table/compatible.ts'
import type { DimensionPlan, FactPlan, StarPlan } from './plan/plan.ts'
import { UPDATED_AT } from './plan/plan-dimensions.ts'

/** What a database lacks for a table, as the statements that make it. */
export interface Missing {
  readonly table: string
  /** Such as `created fact_sale`, `added country to dim_customer`. */
  readonly what: string
  /** Whether the whole table is missing. */
  readonly isNew: boolean
  readonly statements: readonly string[]
}

/** A table of the plan: its columns, which of them may be added to one that is there, and what they refer to. */
interface Wanted {
  readonly table: string
  readonly fields: readonly Field[]
  readonly key: readonly string[]
  readonly mayAdd: (field: Field) => boolean
  /** Column → the dimension it refers to. */
  readonly refers: ReadonlyMap<string, DimensionPlan>
  readonly isDays: boolean
}

const isMissing = { optional: false, nullable: true } as const

function dimensionTable({ table, key, columns, isDays }: DimensionPlan): Wanted {
  const updated: Field[] =
    !isDays && columns.some(({ follows }) => follows === 'newest') ? [{ name: UPDATED_AT, kind: 'instant', values: [], ...isMissing }] : []
  // The rows that are there have no value for a new column until a fact gives one.
  return {
    table,
    key: [key.name],
    fields: [key, ...columns, ...updated],
    mayAdd: ({ name }) => !isDays && name !== key.name,
    refers: new Map(),
    isDays,
  }
}

function factTable({ table, key, columns, references }: FactPlan): Wanted {
  const refers = new Map(references.map(({ column, dimension }) => [column, dimension]))
  return { table, key, fields: columns.map(({ field }) => field), mayAdd: ({ nullable }) => nullable, refers, isDays: false }
}

/**
 * Returns what the database lacks: tables, and columns that may be without a value. Changes nothing.
 *
 * @throws `TARGET_UNUSABLE` for a table that is there and cannot take the rows, with the column and the ALTER TABLE that helps
 */
export async function missingTables(connection: Connection, { dimensions, facts }: StarPlan, place: string): Promise<readonly Missing[]> {
  const missing: Missing[] = []
  for (const wanted of [...dimensions.map(dimensionTable), ...facts.map(factTable)]) {
    const existing = await connection.dialect.readTable(connection, wanted.table)
    const found = existing ? added(connection, wanted, existing, place) : created(connection, wanted, place)
    if (found) missing.push(found)
  }
  return missing
}

/** Columns as the database has them; texts of keys, and of references to keys, are short. */
function columnsOf({ dialect, collation }: Connection, { fields, key, refers }: Wanted): readonly Column[] {
  return fields.map((field) => dialect.columnOf(field, key.includes(field.name) || refers.has(field.name), collation))
}

function created(connection: Connection, wanted: Wanted, place: string): Missing {
  const { dialect } = connection
  const { table, key, refers } = wanted
  const columns = columnsOf(connection, wanted)
  const tooLong = dialect.whyNoKey(columns.filter(({ name }) => key.includes(name)))
  if (tooLong !== null)
    throw new TicketsError(
      'OPTION_INVALID',
      `the key of ${place}/${table} (${key.join(', ')}) ${tooLong}: choose fewer columns, or create the table yourself`,
    )
  const foreign = [...refers].map(
    ([
      column,
      {
        table: to,
        key: { name },
      },
    ]) => ({ column, table: to, key: name }),
  )
  const indexes = foreign.flatMap(({ column }) => dialect.indexForeign(table, column) ?? [])
  return {
    table,
    isNew: true,
    what: `created ${table}`,
    statements: [dialect.createTable({ name: table, columns, primaryKey: key, foreign }), ...indexes],
  }
}

function added(connection: Connection, wanted: Wanted, existing: ExistingTable, place: string): Missing | null {
  const { dialect } = connection
  const { table, fields, key, mayAdd, refers, isDays } = wanted
  const isThere = (name: string) => existing.columns.some((column) => dialect.isSameName(column.name, name))
  const columns = columnsOf(connection, wanted)
  const places = fields.map((_, i) => i)
  const isAdded = (i: number) => !isThere((fields[i] as Field).name) && mayAdd(fields[i] as Field)
  const rest = places.filter((i) => !isAdded(i))
  const checked = isDays ? withWholeDays(existing, fields) : existing
  checkTableFor(
    dialect,
    table,
    `${place}/${table}`,
    checked,
    rest.map((i) => fields[i] as Field),
    rest.map((i) => columns[i] as Column),
    key,
  )
  const more = places.filter(isAdded).map((i) => columns[i] as Column)
  if (more.length === 0) return null
  // One statement, since a process that dies between two would leave a column that refers to nothing.
  const adds = more.flatMap((column) => {
    const to = refers.get(column.name)
    const link = to ? [`ADD FOREIGN KEY (${dialect.quote(column.name)}) REFERENCES ${dialect.quote(to.table)} (${dialect.quote(to.key.name)})`] : []
    return [`ADD COLUMN ${dialect.definition({ ...column, nullable: true })}`, ...link]
  })
  const indexes = more.flatMap(({ name }) => (refers.has(name) ? (dialect.indexForeign(table, name) ?? []) : []))
  const what = `added ${more.map(({ name }) => name).join(', ')} to ${table}`
  return { table, isNew: false, what, statements: [`ALTER TABLE ${dialect.quote(table)} ${adds.join(', ')}`, ...indexes] }
}

/** Takes smaller types of whole numbers for the numbers of a day, which fit into them. */
function withWholeDays(existing: ExistingTable, fields: readonly Field[]): ExistingTable {
  const numbers = new Set(fields.filter(({ kind }) => kind === 'int32').map(({ name }) => name))
  const isSmall = ({ name, type }: Column) => numbers.has(name) && /^(tiny|small|medium)int/.test(type)
  return { ...existing, columns: existing.columns.map((column) => (isSmall(column) ? { ...column, type: 'int' } : column)) }
}
