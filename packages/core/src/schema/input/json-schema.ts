import * as z from 'zod'
import type { $ZodType } from 'zod/v4/core'
import { zodShape } from '../../base/zod-definition.ts'
import type { JsonSchema } from '../../store/field.ts'
import type { Input } from './input.ts'

/**
 * Returns the JSON Schema of a message (draft 2020-12): that of `from` where the schema has one, else that of the row without the columns that do not come
 * from the value.
 */
export function messageJsonSchema(zod: $ZodType, { from, refuses, parts, rest, own }: Input): JsonSchema {
  const isWhole = from !== null || (parts.length === 0 && rest < 0)
  const shape = zodShape(zod)
  const type = from ?? (isWhole ? zod : z.object(Object.fromEntries(own.map(({ name }) => [name, shape[name]])) as never))
  return z.toJSONSchema(type, {
    io: 'input',
    // `json()` is any value, which JSON Schema writes as {}.
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      if (refuses && zodSchema._zod.def.type === 'object') jsonSchema.additionalProperties = false
    },
  }) as JsonSchema
}
