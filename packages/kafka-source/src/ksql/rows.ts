import { type Field, TicketsError } from '@tickets/core'
import type { KsqlHeader } from './protocol.ts'

type Value = string | number | boolean | null

const fits: Readonly<Record<string, readonly Field['kind'][]>> = {
  STRING: ['string', 'enum', 'instant'],
  VARCHAR: ['string', 'enum', 'instant'],
  BOOLEAN: ['boolean'],
  INT: ['int32', 'integer', 'number'],
  INTEGER: ['int32', 'integer', 'number'],
  BIGINT: ['integer', 'instant'],
  DOUBLE: ['number'],
  DECIMAL: ['number', 'string'],
  TIMESTAMP: ['instant'],
  DATE: ['string'],
  TIME: ['string'],
  BYTES: ['string'],
}

/**
 * Makes objects of a schema from rows of a query: columns go to fields of the same name, in capitals or not. BIGINT and TIMESTAMP become
 * instants where the field is one, null leaves an optional field out. A row with an integer beyond 2^53 stays the text it is, which no
 * schema takes, so that it is a dead letter as it was and not a rounded number. ROWPARTITION and ROWOFFSET go along where they are selected.
 *
 * @throws `SCHEMA_MISMATCH` where a field has no column, or one of another type
 */
export function rowMaker({ columnNames, columnTypes }: KsqlHeader, schema: string, fields: readonly Field[]): (line: string) => string {
  const columns = fields.flatMap((field) => {
    const at = columnNames.findIndex((name) => name.toLowerCase() === field.name.toLowerCase())
    if (at < 0) {
      if (field.optional) return []
      throw new TicketsError(
        'SCHEMA_MISMATCH',
        `the query gives no column for "${field.name}" of ${schema}, only ${columnNames.join(', ')}: select it, AS ${field.name}`,
      )
    }
    const type = (columnTypes[at] ?? '').replace(/\(.*$/s, '').replace(/<.*$/s, '')
    if (!fits[type]?.includes(field.kind))
      throw new TicketsError(
        'SCHEMA_MISMATCH',
        `the column ${columnNames[at]} is ${columnTypes[at]}, and "${field.name}" of ${schema} is ${field.kind}: CAST it in the query, or change the schema`,
      )
    return [{ at, field, type }]
  })
  const [partition, offset] = placeOf(columnNames)
  return (line) => {
    const values = JSON.parse(line) as Value[]
    const row: Record<string, Value> = Object.create(null)
    for (const { at, field, type } of columns) {
      const value = values[at] ?? null
      if (value === null && field.optional) continue
      if (field.kind === 'integer' && typeof value === 'number' && !Number.isSafeInteger(value)) return line
      row[field.name] = value === null ? null : inField(value, field, type)
    }
    if (partition >= 0 && offset >= 0) Object.assign(row, { ROWPARTITION: values[partition], ROWOFFSET: values[offset] })
    return JSON.stringify(row)
  }
}

/** Returns the columns that hold the partition and offset of a row; -1 for a column that the query does not select. */
export function placeOf(columnNames: readonly string[]): readonly [partition: number, offset: number] {
  const names = columnNames.map((name) => name.toUpperCase())
  return [names.indexOf('ROWPARTITION'), names.indexOf('ROWOFFSET')]
}

function inField(value: Value, { kind }: Field, type: string): Value {
  if (kind === 'instant' && typeof value === 'number') return new Date(value).toISOString()
  // A TIMESTAMP comes without its zone, which is UTC.
  if (type === 'TIMESTAMP' && typeof value === 'string') return /(Z|[+-]\d\d:?\d\d)$/.test(value) ? value : `${value}Z`
  if (type === 'DECIMAL' && kind === 'string') return String(value)
  return value
}
