import { type Field, type Schema, TicketsError } from '@tickets/core'

const sameField = (a: Field, b: Field | undefined): boolean =>
  b !== undefined &&
  a.name === b.name &&
  a.kind === b.kind &&
  a.optional === b.optional &&
  a.nullable === b.nullable &&
  a.values.length === b.values.length &&
  a.values.every((value, i) => value === b.values[i])

const shape = ({ name, kind, optional, nullable }: Field) => `${name} ${kind}${optional ? ' optional' : ''}${nullable ? ' nullable' : ''}`

/** Throws `SCHEMA_MISMATCH`, naming flow and difference, unless both schemas have one name, version and columns. */
export function checkSchema(expected: Schema<unknown>, got: Schema<unknown>, flow: string): void {
  if (expected === got) return
  const differs = (what: string) =>
    new TicketsError(
      'SCHEMA_MISMATCH',
      `flow "${flow}" got a batch of ${got.name} v${got.version}, its sink was opened for ${expected.name} v${expected.version}: ${what}. Let every operator of the flow give one schema, for empty batches too`,
    )
  if (expected.name !== got.name || expected.version !== got.version) throw differs('name or version differ')
  if (expected.fields.length !== got.fields.length) throw differs(`${got.fields.length} columns instead of ${expected.fields.length}`)
  expected.fields.forEach((field, i) => {
    const other = got.fields[i]
    if (!sameField(field, other))
      throw differs(`column ${i} is "${other && shape(other)}" instead of "${shape(field)}"${field.kind === 'enum' ? ', or its members differ' : ''}`)
  })
}
