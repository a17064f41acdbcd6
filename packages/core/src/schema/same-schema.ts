import type { Schema } from '../batch/batch.ts'
import type { Field } from '../batch/field.ts'

const sameField = (a: Field, b: Field | undefined): boolean =>
  b !== undefined &&
  a.name === b.name &&
  a.kind === b.kind &&
  a.optional === b.optional &&
  a.nullable === b.nullable &&
  a.values.length === b.values.length &&
  a.values.every((value, i) => value === b.values[i])

const shape = ({ name, kind, optional, nullable }: Field) => `${name} ${kind}${optional ? ' optional' : ''}${nullable ? ' nullable' : ''}`

/**
 * Returns the first difference between two schemas in words, or null where name, version and columns are the same.
 *
 * @example
 * schemaDifference(Ticket, Ticket) // null
 */
export function schemaDifference(expected: Schema<unknown>, got: Schema<unknown>): string | null {
  if (expected === got) return null
  if (expected.name !== got.name || expected.version !== got.version) return 'name or version differ'
  if (expected.fields.length !== got.fields.length) return `${got.fields.length} columns instead of ${expected.fields.length}`
  const i = expected.fields.findIndex((field, at) => !sameField(field, got.fields[at]))
  const [field, other] = [expected.fields[i], got.fields[i]]
  if (!field) return null
  return `column ${i} is "${other && shape(other)}" instead of "${shape(field)}"${field.kind === 'enum' ? ', or its members differ' : ''}`
}

/** Returns whether two schemas have the same name, version and columns. */
export const sameSchema = (a: Schema<unknown>, b: Schema<unknown>): boolean => schemaDifference(a, b) === null
