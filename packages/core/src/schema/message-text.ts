import type { $ZodType } from 'zod/v4/core'
import { unwrapped, zodDefinition, zodShape } from '../base/zod-definition.ts'
import type { Schema } from '../batch/batch.ts'
import type { Field } from '../store/field.ts'
import { isInstant } from '../values/instant.ts'

/** Turns a value of a row into what a message has for it. */
type Encode = (value: never) => unknown

const known = new WeakMap<Schema<unknown>, (row: unknown) => string>()

/**
 * Returns what writes a row as a message that the schema reads back: JSON, with epoch times as numbers and bytes as base64 where JSON's own text would
 * be another value.
 *
 * @example
 * messageText(Ping)({ id: 'a', at: new Date(0) }) // '{"id":"a","at":"1970-01-01T00:00:00.000Z"}'
 */
export function messageText(schema: Schema<unknown>): (row: unknown) => string {
  let text = known.get(schema)
  if (!text) {
    const encode = objectEncoder(schema.fields, ({ name }) => zodShape(schema.zod)[name])
    text = encode ? (row) => JSON.stringify(encode(row as never)) : (row) => JSON.stringify(row)
    known.set(schema, text)
  }
  return text
}

/** Returns the encoder of a type; null where JSON writes the value as it should be. */
function encoderOf(field: Field, zod: $ZodType | undefined): Encode | null {
  if (!zod) return null
  const def = zodDefinition(unwrapped(zod).type)
  const { children = [] } = field
  switch (field.kind) {
    case 'instant':
    case 'bytes':
      return isInstant(def.transform) ? null : (def.reverseTransform as Encode)
    case 'struct':
      return objectEncoder(children, (child) =>
        (def.options ?? [unwrapped(zod).type])
          .map((option) => zodShape(option)[child.name])
          .find((type) => type !== undefined && child.name !== def.discriminator),
      )
    case 'list': {
      const encode = encoderOf(children[0] as Field, def.element)
      return encode && ((values: readonly unknown[]) => values.map((value) => (value === null ? null : encode(value as never))))
    }
    case 'map': {
      const encode = encoderOf(children[0] as Field, def.valueType)
      return (
        encode &&
        ((map: object) => Object.fromEntries(Object.entries(map).map(([key, value]) => [key, value === null ? null : encode(value as never)])))
      )
    }
    default:
      return null
  }
}

function objectEncoder(fields: readonly Field[], typeOf: (field: Field) => $ZodType | undefined): Encode | null {
  const encoders = new Map(fields.map((field) => [field.name, encoderOf(field, typeOf(field))]))
  if ([...encoders.values()].every((encode) => encode === null)) return null
  return (row: object) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => {
        const encode = encoders.get(name)
        return [name, encode && value !== null && value !== undefined ? encode(value as never) : value]
      }),
    )
}
