import type { $ZodType } from 'zod/v4/core'
import { type ZodDefinition, zodDefinition } from '../base/zod-definition.ts'
import type { Field, FieldType } from '../store/field.ts'
import { refuse } from './refuse-type.ts'
import { sameField } from './same-schema.ts'

/** Returns the column of a zod type. */
type FieldOf = (name: string, type: $ZodType) => Field

/** Returns the column of literals of one type: texts are an enum of them, numbers and booleans are of their kind, and zod checks the value. */
export function literalType(name: string, values: readonly unknown[]): FieldType {
  const has = (type: string) => values.length > 0 && values.every((value) => typeof value === type)
  if (has('string')) return { kind: 'enum', values: [...new Set(values as readonly string[])] }
  if (has('boolean')) return { kind: 'boolean', values: [] }
  if (has('number')) return { kind: values.every(Number.isSafeInteger) ? 'integer' : 'number', values: [] }
  return refuse(name, 'literal of other or mixed types', 'use literals that are all texts, all numbers or all booleans')
}

const plain = new Set(['string', 'number', 'boolean', 'null', 'literal', 'enum'])

/** Returns the column of a union: a struct for a discriminated one, JSON for one of plain types, such as text or number. */
export function unionType(name: string, { options = [], discriminator }: ZodDefinition, fieldOf: FieldOf): FieldType {
  if (discriminator !== undefined) return discriminatedType(name, options, discriminator, fieldOf)
  const other = options.find((option) => zodDefinition(option).coerce || !plain.has(zodDefinition(option).type))
  if (other) refuse(name, `union with ${withArticle(zodDefinition(other).type)}`, 'use z.discriminatedUnion() for objects, and json() for anything')
  return { kind: 'json', values: [] }
}

const withArticle = (word: string) => `${/^[aeiou]/.test(word) ? 'an' : 'a'} ${word}`

/** What a member is apart from whether it may be missing. */
const bare = (field: Field): Field => ({ ...field, optional: false, nullable: false })

function discriminatedType(name: string, options: readonly $ZodType[], discriminator: string, fieldOf: FieldOf): FieldType {
  const values: string[] = []
  const variants: Field[][] = []
  for (const option of options) {
    const { kind, children = [], variants: inner } = fieldOf(name, option)
    const tag = children.find((child) => child.name === discriminator)
    if (kind !== 'struct' || inner || !tag) refuse(name, 'union of other unions', 'use z.discriminatedUnion() of objects, or json()')
    if (tag.kind !== 'enum' || tag.optional || tag.nullable)
      refuse(name, `union by "${discriminator}", which is no text in one of them`, 'its values are z.literal() or z.enum() of texts')
    for (const value of tag.values) {
      values.push(value)
      variants.push(children.filter((child) => child !== tag))
    }
  }
  const members = new Map<string, Field>()
  for (const field of variants.flat()) {
    const known = members.get(field.name)
    if (known && !sameField(bare(known), bare(field)))
      refuse(name, `union whose "${field.name}" has several types`, 'give them names of their own, or use json()')
    members.set(field.name, { ...field, optional: true, nullable: field.nullable || (known?.nullable ?? false) })
  }
  const tag: Field = { name: discriminator, kind: 'enum', values, optional: false, nullable: false }
  return {
    kind: 'struct',
    values: [],
    children: [tag, ...members.values()],
    variants: variants.map((all) => all.map(({ name: member, optional, nullable }) => ({ name: member, optional, nullable }))),
  }
}
