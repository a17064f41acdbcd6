import { TicketsError } from '../base/errors.ts'
import { valueIn } from '../base/own-names.ts'
import { columnStore } from './column-store.ts'
import type { Field, Kind } from './field.ts'

const wants: Record<Kind, string> = {
  string: 'a string of whole Unicode characters',
  enum: 'one of its members',
  number: 'a number',
  integer: 'an integer within ±(2^53 − 1)',
  int32: 'an integer within 32 bits',
  boolean: 'true or false',
  instant: 'a valid Date',
  date: 'a day such as "2026-01-31"',
  decimal: 'a decimal number as text',
  json: 'a JSON value of finite numbers, whole Unicode characters and at most 128 levels',
  bytes: 'a Uint8Array',
  struct: 'an object',
  list: 'an array',
  map: 'an object',
}

function wanted({ kind, values, precision, scale, variants, children = [] }: Field): string {
  if (kind === 'enum') return `${wants.enum} (${values.join(', ')})`
  if (kind === 'decimal') return `${wants.decimal}, of ${precision} digits with ${scale} behind the point`
  return variants ? `an object whose "${children[0]?.name}" is one of ${children[0]?.values.join(', ')}, with the members of that one` : wants[kind]
}

function fits(field: Field, value: unknown): boolean {
  const column = columnStore(field)
  column.reserve(1)
  return column.set(0, value)
}

/** Returns the values inside of one, each with its column and its name in a path. */
function inside(field: Field, value: unknown): { readonly field: Field; readonly name: string; readonly value: unknown }[] {
  const { kind, children = [], variants } = field
  if (typeof value !== 'object' || value === null || variants) return []
  if (kind === 'struct' && !Array.isArray(value))
    return children.map((child) => ({ field: child, name: child.name, value: valueIn(value, child.name) }))
  if ((kind === 'list' && Array.isArray(value)) || (kind === 'map' && !Array.isArray(value)))
    return Object.entries(value).map(([name, item]) => ({ field: children[0] as Field, name, value: item }))
  return []
}

/** Returns a value as text; objects of JSON may have no function `toString`, or something else under its name. */
function textOf(value: unknown): string {
  try {
    return String(value)
  } catch {
    return Object.prototype.toString.call(value)
  }
}

/** Throws `BATCH_VALUE` for a value that a column cannot hold, naming the innermost part that is wrong. */
export function refuseValue(field: Field, value: unknown, path = field.name): never {
  const wrong = inside(field, value).find((part) => !fits(part.field, part.value))
  if (wrong) return refuseValue(wrong.field, wrong.value, `${path}.${wrong.name}`)
  const shown = typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : textOf(value)
  throw new TicketsError('BATCH_VALUE', `column "${path}" wants ${wanted(field)}, got ${shown}`)
}
