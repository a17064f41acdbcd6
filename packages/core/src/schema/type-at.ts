import * as z from 'zod'
import type { $ZodType } from 'zod/v4/core'
import { valueIn } from '../base/own-names.ts'
import { unwrapped, zodDefinition, zodShape } from '../base/zod-definition.ts'
import type { Located } from '../batch/paths.ts'
import type { Field } from '../store/field.ts'

/** Returns the zod type at a place of a row; nullable where an object on the way to it may be missing. */
export function typeAt(zod: $ZodType, fields: readonly Field[], { field, places: [first = 0, ...rest] }: Located): $ZodType {
  const name = (fields[first] as Field).name
  let type = valueIn(zodShape(zod), name) as $ZodType
  if (rest.length === 0) return type
  let columns = fields[first]?.children ?? []
  for (const place of rest) {
    const member = columns[place] as Field
    const inner = unwrapped(type).type
    const options = zodDefinition(inner).options ?? [inner]
    type = options.map((option) => valueIn(zodShape(option), member.name) as $ZodType | undefined).find((one) => one !== undefined) as $ZodType
    columns = member.children ?? []
  }
  // The discriminator of a union has a value of each variant.
  const leaf = field.kind === 'enum' ? z.enum(field.values as [string]) : unwrapped(type).type
  return field.nullable || field.optional ? z.nullable(leaf as z.ZodType) : leaf
}
