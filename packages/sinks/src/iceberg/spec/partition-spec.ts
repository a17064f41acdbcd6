import { type Schema, TicketsError } from '@tickets/core'
import { parsePartitionFolder } from '../../partition/hive.ts'
import type { PartitionBy } from '../../partition/partition-by.ts'
import { type Resolved, resolvePartitions } from '../../partition/resolve.ts'
import type { IcebergField, IcebergSchema, IcebergType, PartitionSpec, TableMetadata } from './metadata.ts'

/** The first id of a value that files are divided by. */
const FIRST_ID = 1000
const DAY_MS = 86_400_000

const refuse = (why: string): never => {
  throw new TicketsError('OPTION_INVALID', `partitionBy of an icebergSink: ${why}`)
}

/** What the rows of a sink are divided by, in terms of a table's columns. */
export interface SpecFields {
  readonly fields: readonly { readonly 'source-id': number; readonly name: string; readonly transform: string }[]
}

/** Returns the column at the places of its parents, each counted within its level. */
function columnAt(schema: IcebergSchema, rows: Schema<unknown>, { places }: Resolved): IcebergField {
  let [fields, columns, found] = [rows.fields, schema.fields, undefined as IcebergField | undefined]
  for (const place of places) {
    const field = fields[place]
    found = columns.find(({ name }) => name === field?.name)
    fields = field?.children ?? []
    columns = typeof found?.type === 'object' && found.type.type === 'struct' ? found.type.fields : []
  }
  return found ?? refuse(`the table has no such column`)
}

/**
 * Returns what `partitionBy` means for a table with these columns.
 *
 * @throws `OPTION_INVALID` for days that Iceberg does not have: those of a time zone, and `yearMonthDay`
 */
export function specFields(partitionBy: PartitionBy, rows: Schema<unknown>, schema: IcebergSchema): SpecFields {
  const { resolved } = resolvePartitions(partitionBy, rows)
  const columns = resolved.map((one) => columnAt(schema, rows, one))
  return {
    fields: resolved.map(({ field, made }, i) => {
      const { id } = columns[i] as IcebergField
      if (!made) return { 'source-id': id, name: field.name, transform: 'identity' }
      const [name = ''] = made.as
      if (made.by === 'bucket') return { 'source-id': id, name, transform: `bucket[${made.count}]` }
      if (made.by !== 'date') refuse(`Iceberg has no three columns for a day: use day("${made.column}"), by which readers find years and months too`)
      if (made.timeZone !== 'UTC') refuse(`the days of Iceberg are those of UTC, so "${name}" may not be one of ${made.timeZone}: leave timeZone out`)
      return { 'source-id': id, name, transform: 'day' }
    }),
  }
}

/** Returns the spec of a new table. */
export const newSpec = ({ fields }: SpecFields): PartitionSpec => ({
  'spec-id': 0,
  fields: fields.map((field, i) => ({ ...field, 'field-id': FIRST_ID + i })),
})

/** A value that the files of a spec are divided by. */
export interface PartitionColumn {
  readonly 'field-id': number
  readonly name: string
  readonly type: IcebergType
}

/** A spec of a table, and what it divides files by. */
export interface KnownSpec {
  readonly spec: PartitionSpec
  readonly columns: readonly PartitionColumn[]
}

const text = (fields: readonly { readonly name: string; readonly transform: string }[]) =>
  fields.length === 0 ? 'nothing' : fields.map(({ name, transform }) => (transform === 'identity' ? name : `${name} (${transform})`)).join(', ')

/** Returns the type of a column, or of a member of a struct, by its id. */
function typeById(fields: readonly IcebergField[], id: number): IcebergType | undefined {
  for (const field of fields) {
    if (field.id === id) return field.type
    const inner = typeof field.type === 'object' && field.type.type === 'struct' ? typeById(field.type.fields, id) : undefined
    if (inner) return inner
  }
  return undefined
}

/** Returns the type of what a transform makes of a column. */
function typeOf({ transform, 'source-id': id }: PartitionSpec['fields'][number], schema: IcebergSchema): IcebergType | undefined {
  if (transform === 'day') return 'date'
  return transform.startsWith('bucket[') ? 'int' : typeById(schema.fields, id)
}

/** Returns a spec that a table has, by its id; null where it has none, or no column that the spec needs. */
export function specById(metadata: TableMetadata, schema: IcebergSchema, id: number): KnownSpec | null {
  const spec = metadata['partition-specs'].find((one) => one['spec-id'] === id)
  const types = spec?.fields.map((field) => typeOf(field, schema)) ?? []
  if (!spec || types.includes(undefined)) return null
  return { spec, columns: spec.fields.map((field, i) => ({ ...field, type: types[i] as IcebergType })) }
}

/**
 * Returns the spec of a table that divides files as the rows are divided: the one of new files, or one that the table had before.
 *
 * @throws `SCHEMA_MISMATCH` where the table has none
 */
export function matchingSpec(metadata: TableMetadata, { fields }: SpecFields, place: string): PartitionSpec {
  const { 'default-spec-id': current, 'partition-specs': specs } = metadata
  const isSame = (spec: PartitionSpec) =>
    spec.fields.length === fields.length &&
    spec.fields.every((field, i) => field['source-id'] === fields[i]?.['source-id'] && field.transform === fields[i]?.transform)
  const inUse = specs.find((spec) => spec['spec-id'] === current)
  const found = inUse && isSame(inUse) ? inUse : specs.find(isSame)
  if (found) return found
  throw new TicketsError(
    'SCHEMA_MISMATCH',
    `${place} is an Iceberg table by ${text(inUse?.fields ?? [])}, and partitionBy gives ${text(fields)}: set partitionBy to those columns, or write elsewhere`,
  )
}

/** A value that the rows of a file share. Days are counted from 1970-01-01. */
export type PartitionValue = string | number | boolean | null

/** Returns the values that a folder of our own stands for. */
export function partitionValues(folder: string, columns: readonly PartitionColumn[]): PartitionValue[] {
  const parsed = parsePartitionFolder(folder, '') ?? []
  return columns.map(({ type }, i) => {
    const value = parsed[i]?.[1] ?? null
    if (value === null || type === 'string') return value
    if (type === 'boolean') return value === 'true'
    return type === 'date' ? Date.parse(`${value}T00:00:00Z`) / DAY_MS : Number(value)
  })
}
