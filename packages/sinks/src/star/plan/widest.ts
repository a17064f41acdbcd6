import type { Field, Kind } from '@tickets/core'

/** What a column takes beside values of its own kind. */
const takes: Partial<Record<Kind, readonly Kind[]>> = { string: ['enum'], integer: ['int32'], number: ['integer', 'int32'] }

const wholeDigits = ({ precision = 38, scale = 0 }: Field) => precision - scale

/** Returns whether a column made for `wanted` holds every value of `given`, apart from missing ones. */
export function holdsValues(wanted: Field, given: Field): boolean {
  if (wanted.kind !== given.kind) return takes[wanted.kind]?.includes(given.kind) ?? false
  if (wanted.kind !== 'decimal') return true
  return (wanted.scale ?? 0) >= (given.scale ?? 0) && wholeDigits(wanted) >= wholeDigits(given)
}

/** Returns the field that holds the values of both; null where none does. It is nullable where one of them is. */
export function widest(one: Field, other: Field): Field | null {
  const rest = { optional: one.optional || other.optional, nullable: one.nullable || other.nullable }
  if (one.kind === 'enum' && other.kind === 'enum') return { ...one, ...rest, values: [...new Set([...one.values, ...other.values])] }
  if (one.kind === 'decimal' && other.kind === 'decimal') {
    const scale = Math.max(one.scale ?? 0, other.scale ?? 0)
    const precision = Math.max(wholeDigits(one), wholeDigits(other)) + scale
    return precision > 38 ? null : { ...one, ...rest, precision, scale }
  }
  if (holdsValues(one, other)) return { ...one, ...rest }
  return holdsValues(other, one) ? { ...other, ...rest } : null
}
