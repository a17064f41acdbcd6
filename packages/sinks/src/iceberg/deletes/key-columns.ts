import { TicketsError } from '@tickets/core'
import type { Comparable } from '@tickets/core/arrow'
import type { TableKey } from '../../keyed/table-key.ts'
import type { RangeKeys } from '../../upserts/range-keys.ts'
import type { AvroValue } from '../avro/avro-schema.ts'
import type { LiveFile } from '../manifest/live-files.ts'
import { boundValue } from '../spec/bound-value.ts'
import { currentSchema, type IcebergField, type TableMetadata } from '../spec/metadata.ts'

/** Returns the columns of a table that a key is made of, with its revision, by their names. */
export function columnsOfKey(metadata: TableMetadata, key: TableKey, table: string): ReadonlyMap<string, IcebergField> {
  const names = [...key.columns.map(({ name }) => name), ...(key.revision === null ? [] : [key.revision])]
  const fields = currentSchema(metadata)?.fields ?? []
  return new Map(
    names.map((name) => {
      const column = fields.find((field) => field.name === name)
      // Keys are read from files by name, and files keep the name that a column had when they were written.
      const isOther = (field: IcebergField) => (field.name === name) !== (field.id === column?.id)
      if (column && !metadata.schemas.some((schema) => schema.fields.some(isOther))) return [name, column]
      throw new TicketsError(
        'TARGET_UNUSABLE',
        `the column "${name}" of the Iceberg table ${table}, by which rows are told apart, had another name before or is another column by now: set \`key\` to columns that kept their names, or write to another table`,
      )
    }),
  )
}

/** Returns whether a data file may have a row of one of the range's keys, by its bounds. */
export function mayHaveKeys(file: LiveFile, range: RangeKeys, columns: ReadonlyMap<string, IcebergField>): boolean {
  return [...columns].every(([name, { id, type }]) => {
    const [least, greatest] = [file.lower.get(id), file.upper.get(id)]
    return (
      range
        .bounds(name)
        ?.mayMeet(least && boundValue(type, least, 'lower'), greatest && boundValue(type, greatest, 'upper'), file.nulls.get(id) !== 0) ?? true
    )
  })
}

const plain = new Set(['string', 'int', 'long', 'boolean', 'date'])

/** Returns the values of key columns that are the same in all rows of a file, since it was divided by them: files of other tables may lack the column. */
export function constantsOf(file: LiveFile, columns: ReadonlyMap<string, IcebergField>, metadata: TableMetadata): ReadonlyMap<string, Comparable> {
  const spec = metadata['partition-specs'].find((one) => one['spec-id'] === file.spec)
  const constants = new Map<string, Comparable>()
  for (const [i, { 'source-id': source, transform }] of (spec?.fields ?? []).entries()) {
    const column = [...columns].find(([, { id, type }]) => id === source && typeof type === 'string' && plain.has(type))
    if (transform === 'identity' && column && i < file.partition.length) constants.set(column[0], comparable(file.partition[i] ?? null))
  }
  return constants
}

/** Whole numbers that no number holds are compared as text. */
const comparable = (value: AvroValue): Comparable => (typeof value === 'bigint' ? String(value) : (value as Comparable))
