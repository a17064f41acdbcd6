import { messageOf } from '@tickets/core'
import { base64Of } from '@tickets/core/internal'
import { decimalOf } from '../decimal-bytes.ts'
import { InvalidValue } from '../invalid-value.ts'
import { writeIsoDay, writeIsoTime } from '../iso-time.ts'
import type { JsonOut } from '../json-out.ts'
import { mismatch } from '../mismatch.ts'
import type { Target } from '../target.ts'
import type { AvroCursor } from './cursor.ts'
import type { AvroType, Logical } from './parse.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Copies a value from Avro's encoding to JSON. Returns false for a value that is left out. */
export type Copy = (cursor: AvroCursor, out: JsonOut) => boolean

/** A type of a single value. */
export type Scalar = Extract<AvroType, { readonly logical: Logical | null }>

const writes = (copy: (cursor: AvroCursor, out: JsonOut) => void): Copy => {
  return (cursor, out) => {
    copy(cursor, out)
    return true
  }
}

const text = writes((cursor, out) => {
  const from = cursor.block()
  out.text(cursor.bytes, from, cursor.at)
})
/** Text that is JSON: without a look at it, damaged text could end its row. */
const jsonText = (path: string) =>
  writes((cursor, out) => {
    const from = cursor.block()
    const bytes = cursor.bytes.subarray(from, cursor.at)
    try {
      JSON.parse(utf8.decode(bytes))
    } catch (cause) {
      throw new InvalidValue(`${path}: not JSON: ${messageOf(cause)}`)
    }
    out.literal(bytes)
  })
const boolean = writes((cursor, out) => out.ascii(cursor.boolean() ? 'true' : 'false'))
const int = writes((cursor, out) => out.whole(cursor.int()))
const digits = writes((cursor, out) => out.ascii(`"${cursor.long()}"`))
const exact = writes((cursor, out) => out.ascii(String(cursor.long())))

/** A long where JSON's numbers, which are doubles, hold it. */
const safe = (path: string) =>
  writes((cursor, out) => {
    const value = cursor.long()
    if (typeof value === 'bigint')
      throw new InvalidValue(`${path}: ${value} is beyond 2^53, which no number holds exactly: use decimal() or z.string() for this column`)
    out.whole(value)
  })

const real = (path: string, read: (cursor: AvroCursor) => number) =>
  writes((cursor, out) => {
    const value = read(cursor)
    if (!Number.isFinite(value)) throw new InvalidValue(`${path}: ${value} is no finite number`)
    out.ascii(String(value))
  })

const base64 = (read: (cursor: AvroCursor) => number) =>
  writes((cursor, out) => {
    const from = read(cursor)
    out.ascii(`"${base64Of(cursor.bytes.subarray(from, cursor.at))}"`)
  })

function timestamp(target: Target, perMilli: number): Copy {
  const millis = (cursor: AvroCursor) => {
    const value = cursor.long()
    if (typeof value === 'number') return Math.floor(value / perMilli)
    const ms = value / BigInt(perMilli)
    return Number(value < 0n && ms * BigInt(perMilli) !== value ? ms - 1n : ms)
  }
  switch (target.time) {
    case 's':
      return writes((cursor, out) => out.ascii(String(millis(cursor) / 1000)))
    case 'ms':
      return writes((cursor, out) => out.ascii(String(millis(cursor))))
    case 'us':
      return writes((cursor, out) => out.ascii(String(millis(cursor) * 1000)))
    case 'own':
      throw mismatch(target, 'a timestamp', 'use instant() instead of a codec of your own')
    default:
      return writes((cursor, out) => writeIsoTime(out, millis(cursor)))
  }
}

/** 16 bytes as a UUID. */
const uuid = (read: (cursor: AvroCursor) => number) =>
  writes((cursor, out) => {
    const from = read(cursor)
    const hex = Array.from(cursor.bytes.subarray(from, cursor.at), (byte) => byte.toString(16).padStart(2, '0')).join('')
    out.ascii(`"${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}"`)
  })

const bytesOf = (type: Scalar) => (type.type === 'fixed' ? (cursor: AvroCursor) => cursor.take(type.size) : (cursor: AvroCursor) => cursor.block())

/** Returns the copier by the logical type, where it has a part in this column. */
function logicalCopy(type: Scalar, target: Target): Copy | null {
  const { logical } = type
  const { kind } = target
  const isAny = kind === 'any' || kind === 'json'
  const read = bytesOf(type)
  switch (logical?.is) {
    case 'timestamp':
      return isAny || kind === 'instant' ? timestamp(target, logical.perMilli) : null
    case 'date':
      return isAny || kind === 'date' ? writes((cursor, out) => writeIsoDay(out, cursor.int())) : null
    case 'decimal': {
      const { scale } = logical
      const copy = writes((cursor, out) => {
        const from = read(cursor)
        out.ascii(`"${decimalOf(cursor.bytes, from, cursor.at, scale)}"`)
      })
      return isAny || kind === 'decimal' ? copy : null
    }
    case 'json':
      return isAny ? jsonText(target.path) : null
    case 'uuid':
      return type.type === 'fixed' && (isAny || kind === 'string') ? uuid(read) : null
    default:
      return null
  }
}

const named = (type: Scalar): string => (type.logical ? `${type.type} (${type.logical.is})` : type.type)

/** Returns what copies a single value into a column. Throws `SCHEMA_MISMATCH` where the column does not take the type. */
export function scalarCopy(type: Scalar, target: Target): Copy {
  const copy = logicalCopy(type, target) ?? plainCopy(type, target)
  if (copy) return copy
  throw mismatch(target, `of type ${named(type)}`, adviceFor(type, target))
}

function adviceFor({ type, logical }: Scalar, { kind }: Target): string {
  if (kind === 'instant' && logical?.is === 'local-timestamp') return 'a local timestamp has no time zone, so it is no instant: use z.int()'
  if (kind === 'instant' && (type === 'long' || type === 'int'))
    return "without a logical type it has no unit: use instant({ epoch: 'ms' }) where it is milliseconds"
  return 'change the column, or what producers send'
}

function plainCopy(type: Scalar, target: Target): Copy | null {
  const { kind, path, ofNull, time } = target
  const takes = (...kinds: readonly Target['kind'][]) => kinds.includes(kind) || kind === 'any' || kind === 'json'
  switch (type.type) {
    case 'null':
      return ofNull === 'omit' ? () => false : writes((_, out) => out.ascii('null'))
    case 'boolean':
      return takes('boolean') ? boolean : null
    case 'string':
      return takes('string', 'enum', 'date', 'decimal') || (kind === 'instant' && time === 'iso') ? text : null
    case 'int':
    case 'long':
      if (type.logical && (kind === 'string' || kind === 'decimal' || kind === 'instant')) return null
      if (kind === 'string') return digits
      if (kind === 'decimal') return exact
      if (kind === 'instant' && time === 'iso') return null
      if (!takes('number', 'integer', 'int32', 'instant')) return null
      return type.type === 'int' ? int : safe(path)
    case 'float':
      return takes('number') ? real(path, (cursor) => cursor.float()) : null
    case 'double':
      return takes('number') ? real(path, (cursor) => cursor.double()) : null
    case 'bytes':
    case 'fixed':
      return takes('bytes') ? base64(bytesOf(type)) : null
  }
}
