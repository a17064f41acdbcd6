import * as z from 'zod'
import type { $ZodShape, $ZodType } from 'zod/v4/core'
import type { Schema } from '../batch/batch.ts'
import type { Field } from '../store/field.ts'
import { bytes } from '../values/bytes.ts'
import { date } from '../values/date.ts'
import { decimal } from '../values/decimal.ts'
import { instant } from '../values/instant.ts'
import { json } from '../values/json-value.ts'
import { makeSchema } from './define.ts'

const inside = ({ children = [] }: Field): z.ZodType => typeOf(children[0] as Field) as z.ZodType

const types = {
  string: () => z.string(),
  enum: () => z.string(),
  number: () => z.number(),
  integer: () => z.int(),
  int32: () => z.int32(),
  boolean: () => z.boolean(),
  instant: () => instant(),
  date: () => date(),
  decimal: ({ precision = 38, scale = 0 }) => decimal(precision, scale),
  json: () => json(),
  bytes: () => bytes(),
  struct: ({ children = [] }) => z.object(shapeOf(children) as never),
  list: (field) => z.array(inside(field)),
  map: (field) => z.record(z.string(), inside(field)),
} satisfies Record<Field['kind'], (field: Field) => $ZodType>

function typeOf(field: Field): $ZodType {
  const type = types[field.kind](field)
  return field.optional ? z.optional(type) : field.nullable ? z.nullable(type) : type
}

const shapeOf = (fields: readonly Field[]): $ZodShape => Object.fromEntries(fields.map((field) => [field.name, typeOf(field)]))

/** Returns a schema of these columns, for files that are read without the program that wrote them. Enums are strings, and no column is the event time. */
export function schemaOfFields(
  fields: readonly Field[],
  { name, version = 1, keys = [] }: { readonly name: string; readonly version?: number; readonly keys?: readonly string[] },
): Schema<Record<string, unknown>> {
  return makeSchema(z.object(shapeOf(fields) as never), { name, version, time: null }, keys)
}
