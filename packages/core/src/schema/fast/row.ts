import type { ColumnStore } from '../../batch/column-store.ts'
import { Names } from './member.ts'
import type { RowPlan } from './plan.ts'
import { Literal, type Read, space, UNSURE } from './read.ts'
import type { FieldRule } from './rules.ts'
import { skipString, skipValue } from './skip.ts'

/**
 * Decodes the message in `[at, end)` into row `row` of its columns. Returns false when it cannot prove that zod accepts the row with the same values:
 * then nothing that it wrote counts, and JSON.parse and zod decide.
 */
export type ReadRow = (bytes: Uint8Array, view: DataView, at: number, end: number, row: number) => boolean

/** Returns the fast decoder into these columns. */
export function rowReader({ fields, rules, strict }: RowPlan, columns: readonly ColumnStore[], reads: readonly Read[]): ReadRow {
  const keys = fields.map(({ name }) => new Literal(`"${name}"`))
  const names = new Names(fields.map(({ name }) => name))
  const count = fields.length
  const proto = new Literal('"__proto__"')
  /** The number of the row in which each field was seen last, so that nothing is cleared between rows. */
  const seen = new Float64Array(count)
  let attempt = 0

  /** Returns where an unknown key and its value end: z.object drops them, z.strictObject does not. */
  const skipUnknown = (bytes: Uint8Array, view: DataView, at: number, end: number): number => {
    if (strict || proto.at(bytes, view, at, end)) return UNSURE
    const key = skipString(bytes, at, end, true)
    if (key === UNSURE) return UNSURE
    const colon = space(bytes, key, end)
    if (colon >= end || bytes[colon] !== 0x3a) return UNSURE
    return skipValue(bytes, view, space(bytes, colon + 1, end), end)
  }

  /** Writes the fields that the message does not have as absent. Returns false where one is required. */
  const complete = (row: number): boolean => {
    for (let f = 0; f < count; f++) {
      if (seen[f] === attempt) continue
      if (!(rules[f] as FieldRule).mayMiss) return false
      ;(columns[f] as ColumnStore).miss(row)
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
