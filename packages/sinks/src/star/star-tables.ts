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

/** What a database has of a star schema. */
export interface StarTables {
  /** What it lacks: tables, and columns that may be without a value. */
  readonly missing: readonly Missing[]
  /** Whether a table that is there may refuse rows that fit the columns that we would have made. */
  readonly refuses: boolean
}

/**
 * Compares the database with the plan. Changes nothing.
 *
 * @throws `TARGET_UNUSABLE` for a table that is there and cannot take the rows, with the column and the ALTER TABLE that helps
 */
export async function lookAtTables(connection: Connection, { dimensions, facts }: StarPlan, place: string): Promise<StarTables> {
  const missing: Missing[] = []
  let refuses = false
  /** Keys of dimensions that are there, whose types the columns that refer to them must have. */
  const keys = new Map<string, Column>()
  for (const wanted of [...dimensions.map(dimensionTable), ...facts.map(factTable)]) {
    const { table, key, fields, isDays } = wanted
    const found = await connection.dialect.readTable(connection, table)
    const columns = columnsOf(connection, wanted, keys)
    if (!found) {
      missing.push(created(connection, wanted, columns, place))
      continue
    }
    const existing = isDays ? withDayTypes(found, fields, columns) : found
    const more = added(connection, wanted, columns, existing, place)
    if (more) missing.push(more)
    refuses ||= existing.refuses || columns.some((column) => isNarrower(existing, column))
    const known = existing.columns.find(({ name }) => name === key[0])
    if (known) keys.set(table, known)
  }
  return { missing, refuses }
}

/** Whether a column that is there has another type, which may have less room. MariaDB's JSON is a LONGTEXT. */
function isNarrower({ columns }: ExistingTable, wanted: Column): boolean {
  const there = columns.find(({ name }) => name === wanted.name)
  return there !== undefined && there.type !== wanted.type && !(wanted.type === 'json' && there.type === 'longtext')
}

/** Columns as the database should have them; texts of keys, and of references to keys, are short. */
function columnsOf({ dialect, collation }: Connection, { fields, key, refers }: Wanted, keys: ReadonlyMap<string, Column>): readonly Column[] {
  return fields.map((field) => {
    const to = refers.get(field.name)
    const column = dialect.columnOf(field, to !== undefined || key.includes(field.name), collation)
    const known = to && keys.get(to.table)
    return known ? { ...column, type: known.type, collation: known.collation } : column
  })
}

function created({ dialect }: Connection, { table, key, refers }: Wanted, columns: readonly Column[], place: string): Missing {
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

function added({ dialect }: Connection, wanted: Wanted, columns: readonly Column[], existing: ExistingTable, place: string): Missing | null {
  const { table, fields, key, mayAdd, refers } = wanted
  const isThere = (name: string) => existing.columns.some((column) => dialect.isSameName(column.name, name))
  const places = fields.map((_, i) => i)
  const isAdded = (i: number) => !isThere((fields[i] as Field).name) && mayAdd(fields[i] as Field)
  const rest = places.filter((i) => !isAdded(i))
  checkTableFor(
    dialect,
    table,
    `${place}/${table}`,
    existing,
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

/** The longest name of a month or of a day of the week. */
const NAME_LENGTH = 'September'.length

/** Takes smaller types of a calendar of one's own, into which the numbers and the names of a day fit. */
function withDayTypes(existing: ExistingTable, fields: readonly Field[], wanted: readonly Column[]): ExistingTable {
  const fits = (kind: Field['kind'] | undefined, type: string) =>
    (kind === 'int32' && /^(tiny|small|medium)int/.test(type)) ||
    (kind === 'string' && (/text$/.test(type) || Number(/^(?:var)?char\w*(?: varying)?\((\d+)\)$/.exec(type)?.[1]) >= NAME_LENGTH))
  const asWanted = <C extends Column>(column: C): C => {
    const i = fields.findIndex(({ name }) => name === column.name)
    return fits(fields[i]?.kind, column.type) ? { ...column, type: (wanted[i] as Column).type } : column
  }
  return { ...existing, columns: existing.columns.map(asWanted) }
}
