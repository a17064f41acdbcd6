import { TicketsError } from '@tickets/core'
import { currentSchema, type IcebergType, type StructType, type TableMetadata } from './metadata.ts'
import { addressOf, isSamePlace } from './table-storage.ts'

const FORMAT = 2

/** Throws `TARGET_UNUSABLE` for a table that this sink does not write, with what it has: writing to it could break it. */
export function checkSupported(metadata: TableMetadata, name: string, location: string): void {
  const refuse = (why: string): never => {
    throw new TicketsError('TARGET_UNUSABLE', `the Iceberg table ${name} ${why}`)
  }
  const { 'format-version': format, properties = {}, 'partition-specs': specs, location: there } = metadata
  if (format !== FORMAT)
    refuse(`has format version ${format}, this sink writes version ${FORMAT}: ${format < FORMAT ? 'upgrade it' : 'write to another table'}`)
  if (!isSamePlace(there, addressOf(location)))
    refuse(`has its files in ${there}, and this sink writes to ${location}: give the sink that place, or name another table`)
  if (!currentSchema(metadata)) refuse('has no current schema: restore its metadata from a backup')
  if (!specs.some((spec) => spec['spec-id'] === metadata['default-spec-id']))
    refuse('has no default partition spec: restore its metadata from a backup')
  if (properties['write.wap.enabled'] === 'true')
    refuse('has write.wap.enabled, by which rows are audited on a branch before they are published: unset it, or write to another table')
}

/** Returns the error of a commit that a catalog refused though the table has not changed: trying again at once would be refused again. */
export const refusedCommit = (name: string): TicketsError =>
  new TicketsError(
    'SINK_FAILED',
    `the catalog refuses a commit to the Iceberg table ${name}, and its table has not changed: look at the catalog's log, and run again`,
    { retryable: true },
  )

/** How many values and nulls a file has of each column, by its id. */
export interface Counts {
  readonly values: { readonly [id: string]: number }
  readonly nulls: { readonly [id: string]: number }
}

/** Returns why files do not belong to a table whose columns are these by now; null where they do. Files and columns are known by ids. */
export function missingColumn(table: StructType, { values, nulls }: Counts): string | null {
  const there = new Map(plainColumns(table, '').map((column) => [String(column.id), column]))
  const lost = Object.keys(values).find((id) => !there.has(id))
  if (lost !== undefined) return `the column of id ${lost} was dropped, and its files have values of it: set the schema of the table back`
  const needed = [...there].find(([id, { required }]) => required && (values[id] === undefined || nulls[id] !== 0))
  return needed ? `its column "${needed[1].name}" may not be null by now, and its files have none: make it optional` : null
}

/** Returns the columns of values: those that are plain, and the plain ones inside of nested ones. */
function plainColumns({ fields }: StructType, path: string): { readonly id: number; readonly name: string; readonly required: boolean }[] {
  const inside = (type: IcebergType, id: number, name: string, required: boolean): ReturnType<typeof plainColumns> => {
    if (typeof type === 'string') return [{ id, name, required }]
    if (type.type === 'struct') return plainColumns(type, `${name}.`)
    if (type.type === 'list') return inside(type.element, type['element-id'], `${name}.element`, false)
    return [...inside(type.key, type['key-id'], `${name}.key`, false), ...inside(type.value, type['value-id'], `${name}.value`, false)]
  }
  return fields.flatMap(({ id, name, required, type }) => inside(type, id, `${path}${name}`, required && path === ''))
}
