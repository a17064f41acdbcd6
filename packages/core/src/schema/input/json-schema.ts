import * as z from 'zod'
import type { $ZodType } from 'zod/v4/core'
import { zodShape } from '../../base/zod-definition.ts'
import type { JsonSchema } from '../../store/field.ts'
import type { Input } from './input.ts'

/** Returns the type of a message's value: without the columns of the row that do not come from it. */
function typeOfMessage(zod: $ZodType, { from, parts, rest, own }: Input): $ZodType {
  if (from) return from
  if (parts.length === 0 && rest < 0) return zod
  const shape = zodShape(zod)
  return z.object(Object.fromEntries(own.map(({ name }) => [name, shape[name]])) as never)
}

/**
 * Returns the JSON Schema of a message (draft 2020-12): that of `from` where the schema has one, else that of the row without the columns that do not come
 * from the value.
 */
export function messageJsonSchema(zod: $ZodType, input: Input): JsonSchema {
  return z.toJSONSchema(typeOfMessage(zod, input), {
    io: 'input',
    // `json()` is any value, which JSON Schema writes as {}.
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      // A mark is this program's own: it does not change the contract of the messages.
      delete jsonSchema.personal
      if (input.refuses && zodSchema._zod.def.type === 'object') jsonSchema.additionalProperties = false
    },
  }) as JsonSchema
}
