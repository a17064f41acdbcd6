import * as z from 'zod'
import type { $ZodObject, $ZodShape, $ZodType, output } from 'zod/v4/core'
import { TicketsError } from '../base/errors.ts'
import { zodDefinition } from '../base/zod-definition.ts'
import type { Schema } from '../batch/batch.ts'
import type { JsonSchema, ShapeRow, Simplify } from '../store/field.ts'
import { decodeMessages, decodeSlices, messagesOf } from './decode.ts'
import { fieldsOf } from './fields.ts'

/** The keys of `T` whose type is `V`. */
type OfType<T, V> = { [K in keyof T]-?: T[K] extends V ? K : never }[keyof T] & string

/** Names a schema and its event time. */
export interface SchemaOptions<Time extends string = string> {
  /** Letters, digits, `_` and `-`: it stands in the footers of files. */
  name: string
  /** A whole number that grows when the rows change; 1 by default. */
  version?: number
  /** The column with the event time: an `instant()` that is neither optional nor nullable. */
  time: Time
}

/**
 * Defines a schema from a zod object of strings, enums, literals, numbers, integers, booleans, `instant()`, `date()`, `decimal()`, `json()`, `bytes()`,
 * objects, arrays, records and discriminated unions, and optional, nullable or default ones of these. Under `nullish` absence is written as null and read
 * back as null.
 *
 * @throws `SCHEMA_UNSUPPORTED`, naming the field, where a type has no column; `OPTION_INVALID` for a wrong name, version or time.
 * @example
 * const Ping = defineSchema(z.object({ id: z.uuid(), at: instant() }), { name: 'ping', time: 'at' })
 * Ping.fields.map((f) => f.kind) // ['string', 'instant']
 */
export function defineSchema<Z extends $ZodObject>(zod: Z, options: SchemaOptions<OfType<output<Z>, Date>>): Schema<Simplify<output<Z>>> {
  return makeSchema(zod, options, [])
}

const originals = new WeakMap<object, Schema<unknown>>()

/** Returns whether a schema decodes as its zod type says, and not by a function of the user's own. */
export function decodesByZod(schema: Schema<unknown>): boolean {
  const original = originals.get(schema.decode)
  return original?.zod === schema.zod && original.fields === schema.fields && original.decodeSlices === schema.decodeSlices
}

/** Makes the schemas that operators derive, with key columns. `time` is null for rows without an event time. */
export function makeSchema<T>(zod: $ZodType, options: Omit<SchemaOptions, 'time'> & { time: string | null }, keys: readonly string[]): Schema<T> {
  const def = zodDefinition(zod)
  if (def.type !== 'object' || !def.shape) throw new TicketsError('SCHEMA_UNSUPPORTED', `a schema is made from a zod object, got a zod ${def.type}`)
  const catchall = def.catchall && zodDefinition(def.catchall).type
  if (catchall && catchall !== 'never')
    throw new TicketsError(
      'SCHEMA_UNSUPPORTED',
      'a loose object keeps unknown keys, which have no column: use z.object (drops them) or z.strictObject (rejects them)',
    )
  const { name, version = 1, time } = options
  if (!/^[\w-]+$/.test(name))
    throw new TicketsError('OPTION_INVALID', `a schema's name has letters, digits, _ and - only, got ${JSON.stringify(name)}`)
  if (!(Number.isInteger(version) && version > 0))
    throw new TicketsError('OPTION_INVALID', `a schema's version is a whole number from 1, got ${version}`)
  const fields = fieldsOf(def.shape)
  const clock = fields.find((field) => field.name === time)
  if (time !== null && (clock?.kind !== 'instant' || clock.optional || clock.nullable)) {
    throw new TicketsError(
      'OPTION_INVALID',
      `the time of ${name} is a column made with instant(), neither optional nor nullable, got ${JSON.stringify(time)}`,
    )
  }
  const shape = def.shape
  const schema: Schema<T> = {
    name,
    version,
    time: time ?? '',
    keys,
    zod: zod as $ZodType<T>,
    fields,
    decode: (messages, decodeOptions) => decodeMessages(schema, messages, decodeOptions),
    decodeSlices(this: Schema<T> | undefined, slices, decodeOptions) {
      // A copy of the schema with a `decode` of the user's own decodes by that, wherever its messages lie.
      if (this && this.decode !== schema.decode) return this.decode(messagesOf(slices), decodeOptions)
      return decodeSlices(schema, slices, decodeOptions)
    },
    extend<U, const S extends $ZodShape>(this: Schema<U>, extended: string, more: S) {
      return makeSchema<Simplify<Omit<U, keyof S> & ShapeRow<S>>>(z.object({ ...shape, ...more } as never), { name: extended, version, time }, keys)
    },
    // `json()` is any value, which JSON Schema writes as {}.
    jsonSchema: () => z.toJSONSchema(zod, { io: 'input', unrepresentable: 'any' }) as JsonSchema,
  }
  originals.set(schema.decode, schema)
  return schema
}
