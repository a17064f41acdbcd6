import { Literal, space, UNSURE } from '../fast-decoder/read.ts'
import { skipString, skipValue } from '../fast-decoder/skip.ts'

/** What a Debezium message says: where its rows lie among the bytes, and when its database made the change. */
export interface Change {
  /** `c`, `u`, `d`, `r`, `t` or another letter. */
  readonly op: string
  /** Where the row before and after the change begin and end; null where there is none. */
  readonly before: Place | null
  readonly after: Place | null
  /** In epoch milliseconds; NaN where it does not say. */
  readonly time: number
}

type Place = readonly [start: number, end: number]

const quoted = (name: string) => new Literal(JSON.stringify(name))
const ENVELOPE = ['op', 'before', 'after', 'source', 'ts_ms', 'payload'].map(quoted)
const TIME = [quoted('ts_ms')]
const latin1 = new TextDecoder('latin1', { ignoreBOM: true })

/**
 * Reads the envelope `{ before, after, op, source: { ts_ms }, ts_ms }`, also inside of `{ schema, payload }`. The rows in it stay bytes, which the
 * decoder of the table reads where they lie. Returns null for what is none.
 */
export function readChange(bytes: Uint8Array, view: DataView, start: number, end: number): Change | null {
  const places = membersAt(bytes, view, start, end, ENVELOPE)
  if (!places) return null
  const [op, before = null, after = null, source, sent, payload] = places
  if (!op) return payload ? readChange(bytes, view, ...payload) : null
  const [made] = (source && membersAt(bytes, view, ...source, TIME)) ?? []
  // Some connectors have 0 in place of a time that they do not know.
  const time = millisAt(bytes, made) || millisAt(bytes, sent) || Number.NaN
  return { op: latin1.decode(bytes.subarray(op[0] + 1, op[1] - 1)), before, after, time }
}

/** Returns where the values of some members of the object lie; null for what is no object, or may be invalid. */
function membersAt(bytes: Uint8Array, view: DataView, start: number, end: number, names: readonly Literal[]): (Place | undefined)[] | null {
  const found: (Place | undefined)[] = names.map(() => undefined)
  let at = space(bytes, start, end)
  if (bytes[at] !== 0x7b || at >= end) return null
  do {
    const key = space(bytes, at + 1, end)
    const behind = skipString(bytes, key, end, false)
    if (behind === UNSURE) return null
    const colon = space(bytes, behind, end)
    if (colon >= end || bytes[colon] !== 0x3a) return null
    const value = space(bytes, colon + 1, end)
    const done = skipValue(bytes, view, value, end)
    if (done === UNSURE) return null
    const index = names.findIndex((name) => name.length === behind - key && name.at(bytes, view, key, end))
    // Of two members of one name the last one counts, as for JSON.parse.
    if (index >= 0) found[index] = isNull(bytes, value) ? undefined : [value, done]
    at = space(bytes, done, end)
  } while (at < end && bytes[at] === 0x2c)
  return at < end && bytes[at] === 0x7d && space(bytes, at + 1, end) === end ? found : null
}

const isNull = (bytes: Uint8Array, at: number) => bytes[at] === 0x6e

/** Returns a number of milliseconds; NaN where there is none. */
function millisAt(bytes: Uint8Array, place: Place | undefined): number {
  const millis = place ? Number(latin1.decode(bytes.subarray(...place))) : Number.NaN
  return Number.isSafeInteger(millis) ? millis : Number.NaN
}
