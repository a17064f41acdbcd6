import type { Data } from 'apache-arrow'
import { TicketsError } from '../errors/errors.ts'
import type { Field, Kind } from '../schema/schema.ts'
import { BitStore, countZeros, FixedStore, type Numbers, type Store, TextStore, WideStore } from './stores.ts'
import { arrowType, dictionaryOf } from './types.ts'

/** Collects the values of one column into typed arrays that double when full, and are used again for the next one. */
export interface ColumnBuilder {
  readonly length: number
  readonly store: Store
  /** Which rows have a value; null where the column has one in every row. */
  readonly valid: BitStore | null
  /** Adds one value; `undefined` is an absent optional, null a null. Throws `BATCH_VALUE` when the column cannot hold it. */
  add(value: unknown): void
  reserve(rows: number): void
  /** The same as `add` for row `row`, for which there must be room; its length is the caller's to know. */
  set(row: number, value: unknown): void
  /** Writes that row `row` has no value, in a column that may lack it. */
  miss(row: number): void
  /** Hands the values over as Arrow data, and starts again empty. `rows` by default what was added. */
  finish(rows?: number): Data
}

const numberOf = (v: unknown) => (typeof v === 'number' && !Number.isNaN(v) ? v : undefined)
const integerOf = (v: unknown) => (Number.isSafeInteger(v) ? (v as number) : undefined)
const int32Of = (v: unknown) => (Number.isInteger(v) && ((v as number) | 0) === v ? (v as number) : undefined)
const millisOf = (v: unknown) => (v instanceof Date && !Number.isNaN(v.getTime()) ? v.getTime() : undefined)

function storeOf(field: Field): Store {
  switch (field.kind) {
    case 'string':
      return new TextStore()
    case 'boolean':
      return new BitStore()
    case 'number':
      return new FixedStore((n) => new Float64Array(n), numberOf)
    case 'int32':
      return new FixedStore((n) => new Int32Array(n), int32Of)
    case 'integer':
      return new WideStore(integerOf)
    case 'instant':
      return new WideStore(millisOf)
    case 'enum': {
      const codes = new Map(field.values.map((value, code) => [value, code]))
      const { type, values } = dictionaryOf(field)
      const Codes = type.indices.ArrayType as unknown as new (n: number) => Numbers
      return new FixedStore(
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

function refuse(field: Field, value: unknown): never {
  const shown = typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : String(value)
  throw new TicketsError(
    'BATCH_VALUE',
    `column "${field.name}" wants ${wants[field.kind]}${field.kind === 'enum' ? ` (${field.values.join(', ')})` : ''}, got ${shown}`,
  )
}

/** A builder for one column; see `ColumnBuilder`. */
export function columnBuilder(field: Field): ColumnBuilder {
  const type = arrowType(field)
  const store = storeOf(field)
  const valid = field.optional || field.nullable ? new BitStore() : null
  let length = 0
  const builder: ColumnBuilder = {
    store,
    valid,
    get length() {
      return length
    },
    add(value) {
      builder.reserve(length + 1)
      builder.set(length, value)
      length++
    },
    reserve(rows) {
      store.reserve(rows)
      valid?.reserve(rows)
    },
    set(row, value) {
      if (valid) {
        if ((value === undefined && field.optional) || (value === null && field.nullable)) return builder.miss(row)
        valid.put(row, true)
      }
      if (!store.set(row, value)) refuse(field, value)
    },
    miss(row) {
      valid?.put(row, false)
      store.clear(row)
    },
    finish(rows = length) {
      const bits = valid?.slice(rows)
      const nullCount = bits ? countZeros(bits, rows) : 0
      length = 0
      return store.cut(type, rows, nullCount > 0 && bits ? bits : null, nullCount)
    },
  }
  return builder
}
