import type { Batch, Field, Schema } from '@tickets/core'
import { base64Of, type ColumnReader, columnReaders } from '@tickets/core/internal'
import type { Encoder } from './encoder.ts'
import { utf8Chunks } from './utf8.ts'
import { jsonValue } from './value-text.ts'

const LINE_END = '\r\n'

/** Quoted where RFC 4180 asks for it, and when empty: an empty field without quotes is null. */
const plain = (text: string): string => (text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

export const formulasModes = ['keep', 'escape'] as const
/** How CSV files treat texts that a spreadsheet would run as a formula. */
export type Formulas = (typeof formulasModes)[number]

/** How a text becomes a cell. */
type Quote = (text: string) => string

/** What spreadsheets take for the beginning of a formula (OWASP, "CSV Injection"). */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/u
const harmless: Quote = (text) => plain(FORMULA.test(text) ? `'${text}` : text)

function textOf(field: Field, quoted: Quote): (value: unknown) => string {
  const { kind, values } = field
  switch (kind) {
    case 'enum': {
      const members = new Map(values.map((member) => [member, quoted(member)]))
      return (value) => members.get(value as string) ?? quoted(String(value))
    }
    case 'instant':
      return (value) => (value as Date).toISOString()
    case 'number':
      return (value) => (Object.is(value, -0) ? '-0.0' : String(value))
    case 'integer':
    case 'int32':
    case 'boolean':
      return String
    case 'string':
      return (value) => quoted(value as string)
    case 'date':
    case 'decimal':
      return String
    case 'bytes':
      return (value) => quoted(base64Of(value as Uint8Array))
    case 'json':
    case 'struct':
    case 'list':
    case 'map': {
      const json = jsonValue(field)
      return (value) => quoted(json(value))
    }
  }
}

function cellOf(field: Field, read: ColumnReader['read'], quoted: Quote): (i: number) => string {
  const text = textOf(field, quoted)
  // In a column of JSON that may not be null, null is a value.
  const isValue = field.kind === 'json' && !field.nullable
  return (i) => {
    const value = read(i)
    return value === undefined || (value === null && !isValue) ? '' : text(value)
  }
}

function table(schema: Schema<unknown>, batch: Batch<unknown> | undefined, quoted: Quote): Uint8Array[] {
  const head = schema.fields.map((field) => quoted(field.name)).join(',') + LINE_END
  if (!batch) return utf8Chunks(head, 0, () => '')
  const [first, ...rest] = columnReaders(batch).map(({ field, read }) => cellOf(field, read, quoted))
  return utf8Chunks(head, batch.length, (i) => {
    let line = first?.(i) ?? ''
    for (const cell of rest) line += `,${cell(i)}`
    return line + LINE_END
  })
}

/**
 * Returns an encoder of CSV by RFC 4180 with a header line. Null and absent are empty fields, an empty text is `""`, instants are ISO 8601 with Z,
 * nested values are JSON.
 */
export const csvEncoder = (formulas: Formulas): Encoder => ({
  extension: 'csv',
  encode: async (schema, batches) => table(schema, batches[0], formulas === 'escape' ? harmless : plain),
})
