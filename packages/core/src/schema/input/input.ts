import type { $ZodType } from 'zod/v4/core'
import { TicketsError } from '../../base/errors.ts'
import { zodChecks, zodDefinition, zodShape } from '../../base/zod-definition.ts'
import type { Schema } from '../../batch/batch.ts'
import type { MessageNeed } from '../../batch/message.ts'
import type { Field } from '../../store/field.ts'
import { type MessagePart, partOfCheck } from '../../values/message-columns.ts'

/** A column that is filled from the message around the value. */
export interface PartColumn {
  readonly index: number
  readonly name: string
  readonly part: MessagePart
  /** The user has added checks, which zod has to run. */
  readonly isChecked: boolean
}

/** What becomes of a message's fields that are no columns. */
export type Unknown = 'drop' | 'refuse' | { readonly keep: string }

/** How a message becomes rows, as far as the zod type of the row does not say it. */
export interface Input {
  /** The type of the message, where it is not that of the row. */
  readonly from: $ZodType | null
  /** Returns the rows of a message, where one message is not one row. */
  readonly map: ((input: unknown) => unknown) | null
  /** Fields that are no columns make a message invalid, at any depth. */
  readonly refuses: boolean
  /** Such fields at the top do, as in a z.strictObject. */
  readonly isStrict: boolean
  /** The column of the fields that are no columns; -1 where there is none. */
  readonly rest: number
  readonly parts: readonly PartColumn[]
  /** The columns that come from the message's value. */
  readonly own: readonly Field[]
}

/** The part of a schema's options that `Input` is made of. */
export interface InputOptions {
  readonly name: string
  readonly unknown?: Unknown | undefined
  readonly from?: $ZodType | undefined
  readonly map?: ((input: never) => unknown) | undefined
}

/** Returns what of a message the column of a type holds, if it is marked so. */
const partOf = (type: $ZodType): MessagePart | undefined =>
  zodChecks(type)
    .map(({ fn }) => partOfCheck(fn))
    .find((part) => part !== undefined)

/** Returns whether a type inside of this one is marked as part of the message. */
function holdsPart(type: $ZodType): boolean {
  const { innerType, element, valueType, options = [], shape = {} } = zodDefinition(type)
  const inside = [innerType, element, valueType, ...options, ...Object.values(shape)].filter((one) => one !== undefined)
  return inside.some((one) => partOf(one) !== undefined || holdsPart(one))
}

/** Returns the column of a type that is marked as part of the message; null for any other. */
function partColumn(name: string, index: number, type: $ZodType): PartColumn | null {
  const part = partOf(type)
  if (part) return { index, name, part, isChecked: (zodDefinition(type).checks ?? []).length > 1 }
  if (!holdsPart(type)) return null
  throw new TicketsError(
    'SCHEMA_UNSUPPORTED',
    `field "${name}" has a part of the message inside of it: make it a column of its own, without optional(), nullable() or default()`,
  )
}

function restColumn(schema: string, fields: readonly Field[], unknown: Unknown | undefined): number {
  if (unknown === undefined || unknown === 'drop' || unknown === 'refuse') return -1
  const name = (unknown as { readonly keep?: unknown } | null)?.keep
  const index = fields.findIndex((field) => field.name === name)
  const field = fields[index]
  if (field?.kind !== 'json' || field.optional || field.nullable)
    throw new TicketsError(
      'OPTION_INVALID',
      `\`unknown\` of ${schema} is 'drop', 'refuse' or { keep } with the name of a json() column that is neither optional nor nullable, got ${JSON.stringify(unknown)}`,
    )
  return index
}

/**
 * Returns how messages become rows of these columns.
 *
 * @throws `OPTION_INVALID`, `SCHEMA_UNSUPPORTED`
 */
export function inputFor(zod: $ZodType, fields: readonly Field[], { name, unknown, from, map }: InputOptions): Input {
  if ((from === undefined) !== (map === undefined) || (map !== undefined && typeof map !== 'function'))
    throw new TicketsError('OPTION_INVALID', `${name} needs both \`from\`, a zod type, and \`map\`, a function, or none of them`)
  if (from && unknown !== undefined)
    throw new TicketsError(
      'OPTION_INVALID',
      `${name} has \`from\`, whose zod type says what unknown fields are: z.strictObject instead of \`unknown\``,
    )
  const isStrict = zodDefinition(zod).catchall !== undefined
  if (isStrict && unknown !== undefined && unknown !== 'refuse')
    throw new TicketsError('OPTION_INVALID', `${name} is a z.strictObject, which refuses unknown fields: use z.object, or \`unknown: 'refuse'\``)
  const shape = zodShape(zod)
  const parts = fields.map((field, index) => partColumn(field.name, index, shape[field.name] as $ZodType)).filter((column) => column !== null)
  const rest = restColumn(name, fields, unknown)
  const refuses = unknown === 'refuse'
  const elsewhere = new Set([...parts.map(({ index }) => index), rest])
  return {
    from: from ?? null,
    map: (map as ((input: unknown) => unknown) | undefined) ?? null,
    refuses,
    isStrict: isStrict || refuses,
    rest,
    parts,
    own: fields.filter((_, index) => !elsewhere.has(index)),
  }
}

/** Returns what a schema needs of a message beside its value. */
export const needsOf = ({ parts }: Input): readonly MessageNeed[] => [
  ...new Set(parts.map(({ part }): MessageNeed => (part.of === 'header' ? 'headers' : part.of))),
]

const inputs = new WeakMap<object, Input>()

/** Keeps how the messages of a schema become rows. A copy with the same `decode` decodes in the same way. */
export const noteInput = (decode: object, input: Input): unknown => inputs.set(decode, input)

/** Returns how the messages of a schema become rows. */
export const inputOf = ({ decode, fields }: Pick<Schema<unknown>, 'decode' | 'fields'>): Input => inputs.get(decode) ?? rowInput(fields)

/** Returns how messages that are the JSON of a row become rows. */
export const rowInput = (fields: readonly Field[]): Input => ({
  from: null,
  map: null,
  refuses: false,
  isStrict: false,
  rest: -1,
  parts: [],
  own: fields,
})
