import type { Schema } from '../batch/batch.ts'
import type { Field } from '../store/field.ts'

/** Returns whether two columns are the same, whatever is inside of them. */
export const sameField = (a: Field, b: Field | undefined): boolean =>
  b !== undefined &&
  a.name === b.name &&
  a.kind === b.kind &&
  a.optional === b.optional &&
  a.nullable === b.nullable &&
  a.values.length === b.values.length &&
  a.values.every((value, i) => value === b.values[i]) &&
  a.precision === b.precision &&
  a.scale === b.scale &&
  a.children?.length === b.children?.length &&
  (a.children ?? []).every((child, i) => sameField(child, b.children?.[i])) &&
  JSON.stringify(a.variants) === JSON.stringify(b.variants)

/** Returns a column in words, with what is inside of it. */
function shape({ name, kind, optional, nullable, precision, scale, children }: Field): string {
  const digits = kind === 'decimal' ? `(${precision}, ${scale})` : ''
  const inside = children ? ` { ${children.map(shape).join(', ')} }` : ''
  return `${name} ${kind}${digits}${inside}${optional ? ' optional' : ''}${nullable ? ' nullable' : ''}`
}

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
  return `column ${i} is "${other && shape(other)}" instead of "${shape(field)}"${field.kind === 'enum' || field.children ? ', or its members differ' : ''}`
}

/** Returns whether two schemas have the same name, version and columns. */
export const sameSchema = (a: Schema<unknown>, b: Schema<unknown>): boolean => schemaDifference(a, b) === null
