import { type Batch, type Field, TicketsError } from '@tickets/core'
import { type ColumnReader, columnReaders } from '@tickets/core/internal'
import type { Encoder } from './encoder.ts'
import { utf8Chunks } from './utf8.ts'

/** A number as JSON has it: minus zero stays (DuckDB takes `-0` for the integer 0), infinities have no form. */
function numberText(value: number, name: string): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0.0' : String(value)
  throw new TicketsError(
    'ENCODER_FAILED',
    `column "${name}" holds ${value}, which JSON cannot: filter or replace it with mapRows, or write Parquet, Arrow or CSV`,
  )
}

/** How one column's values look; never called for null or an absent one. */
function textOf(field: Field): (value: unknown) => string {
  switch (field.kind) {
    case 'enum': {
      const members = new Map(field.values.map((member) => [member, JSON.stringify(member)]))
      return (value) => members.get(value as string) ?? JSON.stringify(value)
    }
    case 'instant':
      return (value) => `"${(value as Date).toISOString()}"`
    case 'number':
      return (value) => numberText(value as number, field.name)
    case 'integer':
    case 'int32':
    case 'boolean':
      return String
    case 'string':
      return JSON.stringify
  }
}

/** `"key":value` of row `i`; an empty text where the key is absent. */
function memberOf(field: Field, read: ColumnReader['read']): (i: number) => string {
  const key = `${JSON.stringify(field.name)}:`
  const text = textOf(field)
  return (i) => {
    const value = read(i)
    return value === undefined ? '' : value === null ? `${key}null` : key + text(value)
  }
}

function lines(batch: Batch<unknown>): Uint8Array[] {
  const members = columnReaders(batch).map(({ field, read }) => memberOf(field, read))
  return utf8Chunks('', batch.length, (i) => {
    let line = ''
    for (const member of members) {
      const text = member(i)
      if (text !== '') line += line === '' ? text : `,${text}`
    }
    return `{${line}}\n`
  })
}

/** JSON Lines: an object a row, its keys in schema order, instants as ISO 8601 with Z. */
export const jsonEncoder: Encoder = {
  extension: 'jsonl',
  encode: async (_schema, batches) => batches.flatMap(lines),
}
