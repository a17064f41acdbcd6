import type { $ZodShape, $ZodType } from 'zod/v4/core'
import type { ColumnBuilder } from '../../batch/builder.ts'
import type { Schema } from '../schema.ts'
import { fieldReader } from './field.ts'
import { Names } from './member.ts'
import { isPlain, Literal, type Read, space, UNSURE } from './read.ts'
import { ruleOf } from './rules.ts'
import { skipString, skipValue } from './skip.ts'

/**
 * Decodes the message in `[at, end)` into row `row` of the columns it was made for. False when it is not surely a row that zod accepts
 * with these very values: then nothing of it counts, and JSON.parse and zod decide.
 */
export type ReadRow = (bytes: Uint8Array, view: DataView, at: number, end: number, row: number) => boolean

interface ObjectDefinition {
  readonly checks?: readonly unknown[]
  readonly catchall?: $ZodType
  readonly shape: $ZodShape
}

/** A decoder made for a schema, or null where only zod can judge a row: checks on the whole object, names that JSON has to escape. */
export function rowReader(schema: Schema<unknown>, builders: readonly ColumnBuilder[]): ReadRow | null {
  const { checks = [], catchall, shape } = schema.zod._zod.def as unknown as ObjectDefinition
  const { fields } = schema
  if (checks.length > 0 || !fields.every(({ name }) => isPlain(name) && name !== '__proto__')) return null
  const rules = fields.map((field) => ruleOf(field, shape[field.name] as $ZodType))
  const reads = fields.map((field, i) =>
    fieldReader(builders[i] as ColumnBuilder, field, (rules[i] as ReturnType<typeof ruleOf>).rule, shape[field.name] as $ZodType),
  )
  const keys = fields.map(({ name }) => new Literal(`"${name}"`))
  const names = new Names(fields.map(({ name }) => name))
  const count = fields.length
  const proto = new Literal('"__proto__"')
  /** The row attempt in which a field was seen last: no clearing between rows. */
  const seen = new Float64Array(count)
  let attempt = 0

  /** Where an unknown key and its value end: z.object drops them, z.strictObject does not. */
  const skipUnknown = (bytes: Uint8Array, view: DataView, at: number, end: number): number => {
    if (catchall || proto.at(bytes, view, at, end)) return UNSURE
    const key = skipString(bytes, at, end, true)
    if (key === UNSURE) return UNSURE
    const colon = space(bytes, key, end)
    if (colon >= end || bytes[colon] !== 0x3a) return UNSURE
    return skipValue(bytes, view, space(bytes, colon + 1, end), end)
  }

  /** Whether the fields that the message does not have may be absent; writes them as such. */
  const complete = (row: number): boolean => {
    for (let f = 0; f < count; f++) {
      if (seen[f] === attempt) continue
      if (!(rules[f] as { mayMiss: boolean }).mayMiss) return false
      ;(builders[f] as ColumnBuilder).miss(row)
    }
    return true
  }

  return (bytes, view, from, end, row) => {
    attempt++
    let at = space(bytes, from, end)
    if (at >= end || bytes[at] !== 0x7b) return false
    at = space(bytes, at + 1, end)
    let found = 0
    let expected = 0
    if (at < end && bytes[at] === 0x7d) at++
    else
      for (;;) {
        let field = expected
        let next: number
        if (field < count && (keys[field] as Literal).at(bytes, view, at, end)) next = at + (keys[field] as Literal).length
        else {
          field = names.find(bytes, view, at, end)
          next = names.next
        }
        if (field < 0) at = skipUnknown(bytes, view, at, end)
        else {
          // Of a key that stands twice the last value counts, as for JSON.parse.
          if (seen[field] !== attempt) {
            seen[field] = attempt
            found++
          }
          expected = field + 1
          if (bytes[next] !== 0x3a) next = space(bytes, next, end)
          if (next >= end || bytes[next] !== 0x3a) return false
          next++
          if ((bytes[next] as number) <= 0x20) next = space(bytes, next, end)
          at = (reads[field] as Read)(bytes, view, next, end, row)
        }
        if (at === UNSURE) return false
        if ((bytes[at] as number) <= 0x20) at = space(bytes, at, end)
        if (at >= end) return false
        const byte = bytes[at++]
        if (byte === 0x7d) break
        if (byte !== 0x2c) return false
        if ((bytes[at] as number) <= 0x20) at = space(bytes, at, end)
      }
    if (at < end && space(bytes, at, end) !== end) return false
    return found === count || complete(row)
  }
}
