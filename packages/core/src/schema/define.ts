import * as z from 'zod'
import type { $ZodObject, $ZodShape, $ZodType, output } from 'zod/v4/core'
import { TicketsError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import { zodDefinition } from '../base/zod-definition.ts'
import type { Schema } from '../batch/batch.ts'
import type { ShapeRow, Simplify } from '../store/field.ts'
import type { MessageColumn } from '../values/message-columns.ts'
import { decodeMessages, decodeSlices, messagesOf } from './decode.ts'
import { fieldsOf } from './fields.ts'
import { type InputOptions, inputFor, inputOf, needsOf, noteInput, rowInput } from './input/input.ts'
import { messageJsonSchema } from './input/json-schema.ts'

/** The keys of `T` whose type is `V`. */
type OfType<T, V> = { [K in keyof T]-?: T[K] extends V ? K : never }[keyof T] & string

/** The keys of `T` that hold any JSON value. */
type OfJson<T> = { [K in keyof T]-?: Json extends T[K] ? K : never }[keyof T] & string

/** The columns that `map` returns: those that are not filled from the message around the value. */
type MappedRow<Z extends $ZodObject> = Simplify<Omit<output<Z>, PartsOf<Z['_zod']['def']['shape']>>>
type PartsOf<S> = { [K in keyof S]: S[K] extends MessageColumn ? K : never }[keyof S]

/** Names a schema and its event time. */
export interface SchemaOptions<Time extends string = string, Rest extends string = string> {
  /** Letters, digits, `_` and `-`: it stands in the footers of files. */
  name: string
  /** A whole number that grows when the rows change; 1 by default. */
  version?: number
  /** The column with the event time: an `instant()` or `messageTimestamp()` that is neither optional nor nullable. */
  time: Time
  /**
   * What becomes of a message's fields that are no columns. `drop`, the default: they are left out. `refuse`: the message is invalid, for members of objects
   * too. `{ keep: 'rest' }`: those at the top go into the `json()` column of that name, as an object, which is empty without such fields.
   */
  unknown?: 'drop' | 'refuse' | { readonly keep: Rest }
}

/**
 * Makes rows of what `from` gives. A conditional type is resolved before the function is looked at, so that the members of enums in it keep their types.
 */
type RowsOf<F, Row> = F extends $ZodType ? (input: output<F>) => Row | readonly Row[] | null | undefined : never

/** Names a schema whose rows are made of messages of another type. */
export interface MappedSchemaOptions<Time extends string, F extends $ZodType, Map> extends Omit<SchemaOptions<Time>, 'unknown'> {
  /** The type of a message: any zod type. It says what unknown fields are, as `z.object()`, `z.strictObject()` or `z.looseObject()`. */
  from: F
  /**
   * Returns the row of a message, a list of its rows, or null for none, which is counted in `unmapped`. The rows are checked like messages; if one of them is
   * invalid, or `map` throws, the whole message is. It must depend on nothing but its input: after a crash it is called again.
   */
  map: Map
}

/**
 * Defines a schema whose rows `map` makes of messages of another type, `from`: none, one or several rows of a message, which share its position and are
 * committed together. The columns are those of the other form of `defineSchema`.
 *
 * @throws `SCHEMA_UNSUPPORTED`, naming the field, where a type has no column; `OPTION_INVALID` for a wrong name, version or time.
 * @example
 * const Ping = defineSchema(z.object({ at: instant(), n: z.int() }), {
 *   name: 'ping', time: 'at', from: z.object({ ms: z.array(z.int()) }), map: ({ ms }) => ms.map((n) => ({ at: new Date(n), n })),
 * })
 * Ping.decode(messagesOf([{ ms: [1, 2] }])).batch.length // 2
 */
export function defineSchema<Z extends $ZodObject, F extends $ZodType>(
  zod: Z,
  options: MappedSchemaOptions<OfType<output<Z>, Date>, F, RowsOf<F, MappedRow<Z>>>,
): Schema<Simplify<output<Z>>>
/**
 * Defines a schema from a zod object of strings, enums, literals, numbers, integers, booleans, `instant()`, `date()`, `decimal()`, `json()`, `bytes()`,
 * objects, arrays, records and discriminated unions, and optional, nullable or default ones of these. Under `nullish` absence is written as null and read
 * back as null. `messageKey()`, `messageHeader()`, `messageTimestamp()`, `messageOffset()` and `messagePartition()` are columns of the message around the
 * value.
 *
 * @throws `SCHEMA_UNSUPPORTED`, naming the field, where a type has no column; `OPTION_INVALID` for a wrong name, version, time or column of unknown fields.
 * @example
 * const Ping = defineSchema(z.object({ id: z.uuid(), at: instant() }), { name: 'ping', time: 'at' })
 * Ping.fields.map((f) => f.kind) // ['string', 'instant']
 */
export function defineSchema<Z extends $ZodObject>(
  zod: Z,
  options: SchemaOptions<OfType<output<Z>, Date>, OfJson<output<Z>>>,
): Schema<Simplify<output<Z>>>
export function defineSchema<Z extends $ZodObject>(zod: Z, options: InputOptions & Omit<SchemaOptions, 'unknown'>): Schema<Simplify<output<Z>>> {
  return makeSchema(zod, options, [], options)
}

const originals = new WeakMap<object, Schema<unknown>>()

/** Returns whether a schema decodes as its zod type says, and not by a function of the user's own. */
export function decodesByZod(schema: Schema<unknown>): boolean {
  const original = originals.get(schema.decode)
  return original?.zod === schema.zod && original.fields === schema.fields && original.decodeSlices === schema.decodeSlices
}

const rowSchemas = new WeakMap<Schema<unknown>, Schema<unknown>>()

/**
 * Returns the schema of messages that are rows of this schema as JSON, such as those that `repartition` sends: all columns come from the value. It is the
 * same schema where messages are rows anyway, or the user decodes them.
 */
export function rowSchema<T>(schema: Schema<T>): Schema<T> {
  const { map, parts, rest } = inputOf(schema)
  if (!decodesByZod(schema) || (!map && parts.length === 0 && rest < 0)) return schema
  const { name, version, time, keys, zod } = schema
  const made = (rowSchemas.get(schema) as Schema<T> | undefined) ?? makeSchema<T>(zod, { name, version, time: time || null }, keys)
  rowSchemas.set(schema, made)
  return made
}

/**
 * Makes the schemas that operators derive, with key columns. `time` is null for rows without an event time.
 *
 * @param messages how messages become rows; null: a message is the JSON of a row, all columns from its value
 */
export function makeSchema<T>(
  zod: $ZodType,
  options: Omit<SchemaOptions, 'time' | 'unknown'> & { time: string | null },
  keys: readonly string[],
  messages: InputOptions | null = null,
): Schema<T> {
  const def = zodDefinition(zod)
  if (def.type !== 'object' || !def.shape) {
    const member = def.type === 'union' ? ', or give the object a member that is a z.discriminatedUnion()' : ''
    throw new TicketsError(
      'SCHEMA_UNSUPPORTED',
      `a schema is made from a zod object, got a zod ${def.type}: define the columns as an object, and read other messages with \`from\` and \`map\`${member}`,
    )
  }
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
  const input = messages ? inputFor(zod, fields, messages) : rowInput(fields)
  const headers = input.parts.flatMap(({ part }) => (part.of === 'header' ? [part.name] : []))
  const schema: Schema<T> = {
    name,
    version,
    time: time ?? '',
    keys,
    zod: zod as $ZodType<T>,
    fields,
    needs: needsOf(input),
    decode: (messages, decodeOptions) => decodeMessages(schema, messages, decodeOptions),
    decodeSlices(this: Schema<T> | undefined, slices, decodeOptions) {
      // A copy of the schema with a `decode` of the user's own decodes by that, wherever its messages lie.
      if (this && this.decode !== schema.decode) return this.decode(messagesOf(slices, headers), decodeOptions)
      return decodeSlices(schema, slices, decodeOptions)
    },
    extend<U, const S extends $ZodShape>(this: Schema<U>, extended: string, more: S) {
      return makeSchema<Simplify<Omit<U, keyof S> & ShapeRow<S>>>(z.object({ ...shape, ...more } as never), { name: extended, version, time }, keys)
    },
    jsonSchema: () => messageJsonSchema(zod, input),
  }
  originals.set(schema.decode, schema)
  noteInput(schema.decode, input)
  return schema
}
