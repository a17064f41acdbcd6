import { base64Of } from '@tickets/core/internal'
import type { Enum } from 'protobufjs'
import { writeIsoTime } from '../iso-time.ts'
import type { JsonOut } from '../json-out.ts'
import type { Target } from '../target.ts'
import type { WireCursor } from './wire.ts'

/** Copies a value to JSON. Returns false where protobufjs has to decide; what it wrote does not count then. */
export type FastCopy = (cursor: WireCursor, out: JsonOut) => boolean

/** How a type of field stands on the wire. */
interface Wire {
  readonly wire: 0 | 1 | 2 | 5
  readonly read: (cursor: WireCursor) => boolean
  /** The number that was read; NaN where no number holds it. */
  readonly value: (cursor: WireCursor) => number
}

const varint = (cursor: WireCursor) => cursor.varint()
const fixed32 = (cursor: WireCursor) => cursor.fixed32()
const fixed64 = (cursor: WireCursor) => cursor.fixed64()
const zigzag32 = ({ low }: WireCursor) => (low >>> 1) ^ -(low & 1)
const zigzag64 = ({ low, high }: WireCursor) => {
  const half = (high >>> 1) * 2 ** 32 + (((low >>> 1) | (high << 31)) >>> 0)
  const value = low & 1 ? -half - 1 : half
  return Number.isSafeInteger(value) ? value : Number.NaN
}

const numbers: Readonly<Record<string, Wire>> = {
  int32: { wire: 0, read: varint, value: ({ low }) => low | 0 },
  uint32: { wire: 0, read: varint, value: ({ low }) => low >>> 0 },
  sint32: { wire: 0, read: varint, value: zigzag32 },
  int64: { wire: 0, read: varint, value: (cursor) => cursor.signed() },
  uint64: { wire: 0, read: varint, value: (cursor) => cursor.unsigned() },
  sint64: { wire: 0, read: varint, value: zigzag64 },
  fixed32: { wire: 5, read: fixed32, value: ({ low }) => low >>> 0 },
  sfixed32: { wire: 5, read: fixed32, value: ({ low }) => low | 0 },
  fixed64: { wire: 1, read: fixed64, value: (cursor) => cursor.unsigned() },
  sfixed64: { wire: 1, read: fixed64, value: (cursor) => cursor.signed() },
  double: { wire: 1, read: fixed64, value: (cursor) => cursor.lastDouble() },
  float: { wire: 5, read: fixed32, value: (cursor) => cursor.lastFloat() },
}

/** How a field's values stand on the wire, and what copies them. */
export interface FastValue {
  readonly wire: 0 | 1 | 2 | 5
  readonly copy: FastCopy
}

/** Copies the bytes of a string; what decodes the JSON refuses invalid UTF-8. */
const text: FastCopy = (cursor, out) => {
  const end = cursor.block()
  if (end < 0) return false
  out.text(cursor.bytes, cursor.at, end)
  cursor.at = end
  return true
}

const base64: FastCopy = (cursor, out) => {
  const end = cursor.block()
  if (end < 0) return false
  out.ascii(`"${base64Of(cursor.bytes.subarray(cursor.at, end))}"`)
  cursor.at = end
  return true
}

const boolean: FastCopy = (cursor, out) => {
  const value = cursor.small()
  if (value !== 0 && value !== 1) return false
  out.ascii(value === 1 ? 'true' : 'false')
  return true
}

/** Returns what copies a single value that the column takes, as `scalarConvert` has found. */
export function fastScalar(type: string, { kind }: Target): FastValue | null {
  if (type === 'string') return { wire: 2, copy: text }
  if (type === 'bytes') return { wire: 2, copy: base64 }
  if (type === 'bool') return { wire: 0, copy: boolean }
  const number = numbers[type]
  if (!number) return null
  const { wire, read, value } = number
  const isText = kind === 'string' || kind === 'decimal'
  const copy: FastCopy = (cursor, out) => {
    if (!read(cursor)) return false
    const found = value(cursor)
    if (!Number.isFinite(found)) return false
    out.ascii(isText ? `"${found}"` : String(found))
    return true
  }
  return { wire, copy }
}

const encoder = new TextEncoder()

/** Returns what copies the name of a member. */
export function fastEnum({ valuesById }: Enum): FastValue {
  const names = new Map(Object.entries(valuesById).map(([id, name]) => [Number(id), encoder.encode(JSON.stringify(name))]))
  const copy: FastCopy = (cursor, out) => {
    if (!cursor.varint()) return false
    const name = names.get(cursor.low | 0)
    if (!name) return false
    out.literal(name)
    return true
  }
  return { wire: 0, copy }
}

/** Returns what copies a `google.protobuf.Timestamp` to a column of instants. */
export function fastTimestamp({ time = 'iso' }: Target): FastValue {
  const copy: FastCopy = (cursor, out) => {
    const end = cursor.block()
    if (end < 0) return false
    let [seconds, nanos] = [0, 0]
    while (cursor.at < end) {
      const tag = cursor.small()
      if ((tag !== 8 && tag !== 16) || !cursor.varint()) return false
      if (tag === 8) seconds = cursor.signed()
      else nanos = cursor.low | 0
    }
    const ms = seconds * 1000 + Math.floor(nanos / 1e6)
    if (cursor.at !== end || !(Math.abs(ms) <= 8.64e15)) return false
    if (time === 'iso') writeIsoTime(out, ms)
    else out.ascii(String(time === 'ms' ? ms : time === 'us' ? ms * 1000 : ms / 1000))
    return true
  }
  return { wire: 2, copy }
}
