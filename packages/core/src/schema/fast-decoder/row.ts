import type { ColumnStore } from '../../store/column-store.ts'
import { Names } from './member.ts'
import { Literal, type Read, space, UNSURE } from './read.ts'
import type { FieldRule, RowPlan } from './rules.ts'
import { skipString, skipValue } from './skip.ts'

/** Writes what a column has in row `row` where the key is absent. Returns false when it cannot tell. */
export type Fill = (row: number) => boolean

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** Takes the members of a message that are no columns, and writes them as one JSON object. */
class Rest {
  readonly #column: ColumnStore
  #texts: string[] = []

  constructor(column: ColumnStore) {
    this.#column = column
  }

  begin(): void {
    if (this.#texts.length > 0) this.#texts = []
  }

  add(member: Uint8Array): void {
    this.#texts.push(utf8.decode(member))
  }

  /** JSON.parse decides what of a key that stands twice counts, and in which order keys come. Returns false where the column cannot hold a value. */
  write(row: number): boolean {
    try {
      return this.#column.set(row, this.#texts.length === 0 ? {} : JSON.parse(`{${this.#texts.join(',')}}`))
    } catch {
      return false
    }
  }
}

/**
 * Returns a reader of objects into these columns, one for each field. Columns that do not come from the object are left alone.
 *
 * @param fills for the fields that zod has a default for; null elsewhere
 */
export function objectReader(plan: RowPlan, all: readonly ColumnStore[], readers: readonly Read[], fillers: readonly (Fill | null)[]): Read {
  const own = plan.rules.flatMap(({ rule }, f) => (rule.is === 'rest' || rule.is === 'part' ? [] : [f]))
  const pick = <V>(values: readonly V[]) => own.map((f) => values[f] as V)
  const [fields, rules, columns, reads, fills] = [pick(plan.fields), pick(plan.rules), pick(all), pick(readers), pick(fillers)]
  const { strict } = plan
  const restAt = plan.rules.findIndex(({ rule }) => rule.is === 'rest')
  const rest = restAt < 0 ? null : new Rest(all[restAt] as ColumnStore)
  const keys = fields.map(({ name }) => new Literal(`"${name}"`))
  const names = new Names(fields.map(({ name }) => name))
  const count = fields.length
  const proto = new Literal('"__proto__"')
  /** The number of the row in which each field was seen last, so that nothing is cleared between rows. */
  const seen = new Float64Array(count)
  let attempt = 0

  /** Returns where an unknown key and its value end: z.object drops them, z.strictObject and `refuse` do not, and `keep` keeps them. */
  const skipUnknown = (bytes: Uint8Array, view: DataView, at: number, end: number): number => {
    if (strict || proto.at(bytes, view, at, end)) return UNSURE
    const key = skipString(bytes, at, end, true)
    if (key === UNSURE) return UNSURE
    const colon = space(bytes, key, end)
    if (colon >= end || bytes[colon] !== 0x3a) return UNSURE
    const next = skipValue(bytes, view, space(bytes, colon + 1, end), end)
    if (rest !== null && next !== UNSURE) rest.add(bytes.subarray(at, next))
    return next
  }

  /** Writes the fields that the message does not have as absent. Returns false where one is required. */
  const complete = (row: number): boolean => {
    for (let f = 0; f < count; f++) {
      if (seen[f] === attempt) continue
      const fill = fills[f]
      if (fill) {
        if (!fill(row)) return false
      } else if ((rules[f] as FieldRule).mayMiss) (columns[f] as ColumnStore).miss(row)
      else return false
    }
    return true
  }

  return (bytes, view, from, end, row) => {
    attempt++
    rest?.begin()
    if (from >= end || bytes[from] !== 0x7b) return UNSURE
    let at = from + 1
    if ((bytes[at] as number) <= 0x20) at = space(bytes, at, end)
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
          if (next >= end || bytes[next] !== 0x3a) return UNSURE
          next++
          if ((bytes[next] as number) <= 0x20) next = space(bytes, next, end)
          at = (reads[field] as Read)(bytes, view, next, end, row)
        }
        if (at === UNSURE) return UNSURE
        if ((bytes[at] as number) <= 0x20) at = space(bytes, at, end)
        if (at >= end) return UNSURE
        const byte = bytes[at++]
        if (byte === 0x7d) break
        if (byte !== 0x2c) return UNSURE
        if ((bytes[at] as number) <= 0x20) at = space(bytes, at, end)
      }
    return (found === count || complete(row)) && (rest === null || rest.write(row)) ? at : UNSURE
  }
}
