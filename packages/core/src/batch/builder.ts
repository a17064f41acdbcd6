import { type Data, type DataType, makeData } from 'apache-arrow'
import { TicketsError } from '../errors/errors.ts'
import type { Field, Kind } from '../schema/schema.ts'
import { arrowType, dictionaryOf } from './types.ts'

/** Collects the values of one column into typed arrays that double when full. */
export interface ColumnBuilder {
  readonly length: number
  /** Adds one value; `undefined` is an absent optional, null a null. Throws `BATCH_VALUE` when the column cannot hold it. */
  add(value: unknown): void
  /** Hands the values over as Arrow data, and starts again empty. */
  finish(): Data
}

const TWO_32 = 2 ** 32
const encoder = new TextEncoder()

/** One class, a store for each kind: `set` puts a value at `length`, `data` cuts the arrays. */
interface Store {
  grow(rows: number): void
  set(at: number, value: unknown): boolean
  data(type: DataType, rows: number, nulls: Uint8Array | null, nullCount: number): Data
}

type Numbers = Float64Array | Int32Array | Int16Array | Int8Array

function enlarge<A extends Numbers | Uint8Array>(old: A, length: number): A {
  const next = new (old.constructor as new (n: number) => A)(length)
  next.set(old as never)
  return next
}

/** Fixed width: doubles, 32-bit integers, dictionary codes. `put` returns NaN-like refusal as undefined. */
function fixed(make: (n: number) => Numbers, read: (value: unknown) => number | undefined, extra: object = {}): Store {
  let values = make(1024)
  return {
    grow(rows) {
      if (rows > values.length) values = enlarge(values, Math.max(rows, values.length * 2))
    },
    set(at, value) {
      const number = read(value)
      if (number === undefined) return false
      values[at] = number
      return true
    },
    data(type, rows, nullBitmap, nullCount) {
      const cut = values.slice(0, rows)
      values = make(1024)
      return makeData({ type, length: rows, nullCount, nullBitmap, data: cut, ...extra } as never)
    },
  }
}

/** 64-bit integers, written as two halves: BigInt would cost an allocation a value. */
function wide(read: (value: unknown) => number | undefined): Store {
  let halves = new Int32Array(2048)
  return {
    grow(rows) {
      if (rows * 2 > halves.length) halves = enlarge(halves, Math.max(rows, halves.length) * 2)
    },
    set(at, value) {
      const number = read(value)
      if (number === undefined) return false
      const high = Math.floor(number / TWO_32)
      halves[at * 2] = (number - high * TWO_32) | 0
      halves[at * 2 + 1] = high
      return true
    },
    data(type, rows, nullBitmap, nullCount) {
      const data = new BigInt64Array(halves.slice(0, rows * 2).buffer)
      halves = new Int32Array(2048)
      return makeData({ type, length: rows, nullCount, nullBitmap, data } as never)
    },
  }
}

function strings(): Store {
  let offsets = new Int32Array(1025)
  let bytes = new Uint8Array(16384)
  let used = 0
  return {
    grow(rows) {
      if (rows + 1 > offsets.length) offsets = enlarge(offsets, Math.max(rows + 1, offsets.length * 2))
    },
    set(at, value) {
      offsets[at + 1] = used
      if (value === null) return true
      // UTF-8 cannot hold half a surrogate pair; encoding would replace it in silence.
      if (typeof value !== 'string' || !value.isWellFormed()) return false
      // UTF-16 to UTF-8 takes three bytes a unit at the most.
      if (used + value.length * 3 > bytes.length) bytes = enlarge(bytes, Math.max(used + value.length * 3, bytes.length * 2))
      used += encoder.encodeInto(value, bytes.subarray(used)).written
      offsets[at + 1] = used
      return true
    },
    data(type, rows, nullBitmap, nullCount) {
      const valueOffsets = offsets.slice(0, rows + 1)
      const data = bytes.slice(0, used)
      offsets = new Int32Array(1025)
      bytes = new Uint8Array(16384)
      used = 0
      return makeData({ type, length: rows, nullCount, nullBitmap, valueOffsets, data } as never)
    },
  }
}

function booleans(): Store {
  let bits = new Uint8Array(128)
  return {
    grow(rows) {
      if (rows > bits.length * 8) bits = enlarge(bits, Math.max((rows + 7) >> 3, bits.length * 2))
    },
    set(at, value) {
      if (typeof value !== 'boolean') return false
      if (value) bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7))
      return true
    },
    data(type, rows, nullBitmap, nullCount) {
      const data = bits.slice(0, (rows + 7) >> 3)
      bits = new Uint8Array(128)
      return makeData({ type, length: rows, nullCount, nullBitmap, data } as never)
    },
  }
}

const numberOf = (v: unknown) => (typeof v === 'number' && !Number.isNaN(v) ? v : undefined)
const integerOf = (v: unknown) => (Number.isSafeInteger(v) ? (v as number) : undefined)
const int32Of = (v: unknown) => (Number.isInteger(v) && ((v as number) | 0) === v ? (v as number) : undefined)
const millisOf = (v: unknown) => (v instanceof Date && !Number.isNaN(v.getTime()) ? v.getTime() : undefined)

function storeOf(field: Field): Store {
  switch (field.kind) {
    case 'string':
      return strings()
    case 'boolean':
      return booleans()
    case 'number':
      return fixed((n) => new Float64Array(n), numberOf)
    case 'int32':
      return fixed((n) => new Int32Array(n), int32Of)
    case 'integer':
      return wide(integerOf)
    case 'instant':
      return wide(millisOf)
    case 'enum': {
      const codes = new Map(field.values.map((value, code) => [value, code]))
      const { type, values } = dictionaryOf(field)
      const Codes = type.indices.ArrayType as unknown as new (n: number) => Numbers
      return fixed(
        (n) => new Codes(n),
        (v) => codes.get(v as string),
        { dictionary: values },
      )
    }
  }
}

const wants: Record<Kind, string> = {
  string: 'a string of whole Unicode characters',
  enum: 'one of its members',
  number: 'a number',
  integer: 'an integer within ±(2^53 − 1)',
  int32: 'an integer within 32 bits',
  boolean: 'true or false',
  instant: 'a valid Date',
}

/** A builder for one column; see `ColumnBuilder`. */
export function columnBuilder(field: Field): ColumnBuilder {
  const type = arrowType(field)
  const store = storeOf(field)
  const nullable = field.optional || field.nullable
  let length = 0
  let nullCount = 0
  let valid = new Uint8Array(nullable ? 128 : 0)
  const refuse = (value: unknown): never => {
    const shown = typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : String(value)
    throw new TicketsError(
      'BATCH_VALUE',
      `column "${field.name}" wants ${wants[field.kind]}${field.kind === 'enum' ? ` (${field.values.join(', ')})` : ''}, got ${shown}`,
    )
  }
  return {
    get length() {
      return length
    },
    add(value) {
      store.grow(length + 1)
      const missing = (value === undefined && field.optional) || (value === null && field.nullable)
      if (nullable) {
        if (length >= valid.length * 8) valid = enlarge(valid, valid.length * 2)
        if (!missing) valid[length >> 3] = (valid[length >> 3] ?? 0) | (1 << (length & 7))
      }
      if (missing) {
        nullCount++
        if (field.kind === 'string') store.set(length, null)
      } else if (value === null || !store.set(length, value)) refuse(value)
      length++
    },
    finish() {
      const nulls = nullCount > 0 ? valid.slice(0, (length + 7) >> 3) : null
      const data = store.data(type, length, nulls, nullCount)
      length = 0
      nullCount = 0
      valid = new Uint8Array(nullable ? 128 : 0)
      return data
    },
  }
}
