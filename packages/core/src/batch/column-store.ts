import type { Field } from './field.ts'
import { BitStore, type Cut, countZeros, FixedStore, type Store, TextStore, WideStore } from './stores.ts'

/** Holds the values of one column and which rows have one. It needs no Arrow, so that a decoding thread loads quickly. */
export interface ColumnStore {
  readonly store: Store
  /** Which rows have a value; null where the column has one in every row. */
  readonly valid: BitStore | null
  reserve(rows: number): void
  /** Marks that row `row` has no value. */
  miss(row: number): void
  /** Returns the first rows, and starts again empty. */
  cut(rows: number): ColumnCut
}

/** The buffers of a column. `bits` is null where every row has a value. */
export interface ColumnCut extends Cut {
  readonly bits: Uint8Array<ArrayBuffer> | null
  readonly nulls: number
}

const numberOf = (v: unknown) => (typeof v === 'number' && !Number.isNaN(v) ? v : undefined)
const integerOf = (v: unknown) => (Number.isSafeInteger(v) ? (v as number) : undefined)
const int32Of = (v: unknown) => (Number.isInteger(v) && ((v as number) | 0) === v ? (v as number) : undefined)
const millisOf = (v: unknown) => (v instanceof Date && !Number.isNaN(v.getTime()) ? v.getTime() : undefined)

/** Returns how many bits the code of an enum takes: as few as its members allow. */
export const codeBits = (members: number): 8 | 16 | 32 => (members <= 128 ? 8 : members <= 32768 ? 16 : 32)
const codeArrays = { 8: Int8Array, 16: Int16Array, 32: Int32Array }

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
      const Codes = codeArrays[codeBits(field.values.length)]
      return new FixedStore(
        (n) => new Codes(n),
        (v) => codes.get(v as string),
      )
    }
  }
}

/** Returns a store for one column. */
export function columnStore(field: Field): ColumnStore {
  const store = storeOf(field)
  const valid = field.optional || field.nullable ? new BitStore() : null
  return {
    store,
    valid,
    reserve(rows) {
      store.reserve(rows)
      valid?.reserve(rows)
    },
    miss(row) {
      valid?.put(row, false)
      store.clear(row)
    },
    cut(rows) {
      const bits = valid?.slice(rows) ?? null
      const nulls = bits ? countZeros(bits, rows) : 0
      return { ...store.cut(rows), bits: nulls > 0 ? bits : null, nulls }
    },
  }
}
