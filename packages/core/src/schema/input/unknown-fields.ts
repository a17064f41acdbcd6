import type { Field } from '../../store/field.ts'

/** So many unknown fields are named; a message may have any number of them. */
const MOST_NAMED = 10

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Returns the paths of the fields of a message that are no column and no member of one, at any depth: the first ten of them.
 *
 * @param fields the columns that come from the message's value
 * @example
 * unknownFields({ user: { nick: 'a' } }, Order.fields) // [['user', 'nick']]
 */
export function unknownFields(value: unknown, fields: readonly Field[]): PropertyKey[][] {
  const found: PropertyKey[][] = []
  if (isObject(value)) collect(value, fields, [], found)
  return found
}

/** Returns whether the value of a column has unknown members, at any depth. */
export function hasUnknown(value: unknown, field: Field): boolean {
  const found: PropertyKey[][] = []
  collectIn(value, field, [], found)
  return found.length > 0
}

function collect(object: object, fields: readonly Field[], path: readonly PropertyKey[], found: PropertyKey[][]): void {
  for (const [name, value] of Object.entries(object)) {
    if (found.length >= MOST_NAMED) return
    const field = fields.find((one) => one.name === name)
    if (field) collectIn(value, field, [...path, name], found)
    else found.push([...path, name])
  }
}

function collectIn(value: unknown, field: Field, path: readonly PropertyKey[], found: PropertyKey[][]): void {
  const { kind, children = [] } = field
  if (kind === 'struct' && isObject(value)) collect(value, membersOf(field, value), path, found)
  else if (kind === 'list' && Array.isArray(value))
    for (const [i, item] of value.entries()) collectIn(item, children[0] as Field, [...path, i], found)
  else if (kind === 'map' && isObject(value))
    for (const [key, item] of Object.entries(value)) collectIn(item, children[0] as Field, [...path, key], found)
}

/** Returns the members of a struct; of a union those of the variant that the value names. Without one zod refuses the value anyway. */
function membersOf({ children = [], variants }: Field, value: object): readonly Field[] {
  const [tag] = children
  if (!variants || !tag) return children
  const variant = variants[tag.values.indexOf((value as Record<string, string>)[tag.name] as string)]
  return variant ? children.filter(({ name }) => name === tag.name || variant.some((member) => member.name === name)) : children
}
