import * as z from 'zod'
import type { $ZodShape, $ZodType } from 'zod/v4/core'
import { instant } from '../base/instant.ts'
import type { Schema } from '../batch/batch.ts'
import type { Field } from '../batch/field.ts'
import { makeSchema } from './define.ts'

const types = {
  string: () => z.string(),
  enum: () => z.string(),
  number: () => z.number(),
  integer: () => z.int(),
  int32: () => z.int32(),
  boolean: () => z.boolean(),
  instant: () => instant(),
} satisfies Record<Field['kind'], () => $ZodType>

/** Returns a schema of these columns, for files that are read without the program that wrote them. Enums are strings, and no column is the event time. */
export function schemaOfFields(
  fields: readonly Field[],
  { name, version = 1, keys = [] }: { readonly name: string; readonly version?: number; readonly keys?: readonly string[] },
): Schema<Record<string, unknown>> {
  const shape: Record<string, $ZodType> = Object.fromEntries(
    fields.map(({ name: column, kind, optional, nullable }) => {
      const type = types[kind]()
      return [column, optional ? z.optional(type) : nullable ? z.nullable(type) : type]
    }),
  )
  return makeSchema(z.object(shape as $ZodShape as never), { name, version, time: null }, keys)
}
