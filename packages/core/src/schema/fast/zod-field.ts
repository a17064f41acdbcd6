import { type $ZodType, safeParse } from 'zod/v4/core'
import type { ColumnBuilder } from '../../batch/builder.ts'
import { scanNumber, scanned } from './number.ts'
import { no, nothing, QUOTE, type Read, UNSURE, yes } from './read.ts'
import { skipString } from './skip.ts'

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** Returns a reader for values with checks of the user's own: it asks the zod type of the field, and writes the result into the column. */
export function zodReader(builder: ColumnBuilder, zod: $ZodType): Read {
  const judge = (value: unknown, row: number): boolean => {
    try {
      const result = safeParse(zod, value)
      if (!result.success) return false
      // Throws where the column cannot hold what the check made of it.
      builder.set(row, result.data)
      return true
    } catch {
      return false
    }
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
