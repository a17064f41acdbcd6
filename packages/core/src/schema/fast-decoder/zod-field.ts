import { type $ZodType, safeParse } from 'zod/v4/core'
import type { ColumnStore } from '../../store/column-store.ts'
import { type Field, isNested } from '../../store/field.ts'
import { hasLostKey, holdsDecimal, parseExact } from './exact-json.ts'
import type { AskZod } from './field.ts'
import { scanNumber, scanned } from './number.ts'
import { no, nothing, QUOTE, type Read, UNSURE, yes } from './read.ts'
import { skipString, skipValue } from './skip.ts'

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** Returns what asks zod for a value and writes the result. It returns false where zod refuses the value, or the column the result. */
function judgeOf(column: ColumnStore, zod: $ZodType): (value: unknown, row: number) => boolean {
  return (value, row) => {
    try {
      const result = safeParse(zod, value)
      // `set` is false, or throws, where the column cannot hold what the check made of it.
      return result.success && column.set(row, result.data)
    } catch {
      return false
    }
  }
}

/** Returns a reader for values with checks of the user's own: it asks the zod type of the field, and writes the result into the column. */
export function zodReader(column: ColumnStore, field: Field, zod: $ZodType, isRefused: IsRefused = () => false): Read {
  const judge = judgeOf(column, zod)
  const isExact = holdsDecimal(field)
  if (isExact || isNested(field.kind) || field.kind === 'json')
    return (bytes, view, at, end, row) => {
      const next = skipValue(bytes, view, at, end)
      if (next === UNSURE) return UNSURE
      const text = utf8.decode(bytes.subarray(at, next))
      const value: unknown = isExact ? parseExact(text, field) : JSON.parse(text)
      return !hasLostKey(value, field) && !isRefused(value, field) && judge(value, row) ? next : UNSURE
    }
  return (bytes, view, at, end, row) => {
    if (at < end && bytes[at] === QUOTE) {
      const next = skipString(bytes, at, end, true)
      return next !== UNSURE && judge(utf8.decode(bytes.subarray(at + 1, next - 1)), row) ? next : UNSURE
    }
    if (nothing.at(bytes, view, at, end)) return judge(null, row) ? at + 4 : UNSURE
    if (yes.at(bytes, view, at, end)) return judge(true, row) ? at + 4 : UNSURE
    if (no.at(bytes, view, at, end)) return judge(false, row) ? at + 5 : UNSURE
    const next = scanNumber(bytes, at, end)
    return next !== UNSURE && judge(scanned[0], row) ? next : UNSURE
  }
}

/** Returns whether a value is invalid although zod accepts it, since it has unknown members. */
type IsRefused = (value: unknown, field: Field) => boolean

/** Returns what asks zod on this thread. */
export const zodAsker = (isRefused?: IsRefused): AskZod => ({
  read: (column, field, zod) => zodReader(column, field, zod, isRefused),
  fill(column, zod) {
    const judge = judgeOf(column, zod)
    return (row) => judge(undefined, row)
  },
})
