import { dayNumber } from '../values/days.ts'
import { DecimalStore } from './decimals.ts'
import type { Field } from './field.ts'
import { ListStore, MapStore, StructStore } from './nested-stores.ts'
import { BitStore, BytesStore, type ColumnStore, countZeros, FixedStore, JsonStore, type Store, TextStore, WideStore } from './stores.ts'

export type { ColumnStore } from './stores.ts'

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
    case 'date':
      return new FixedStore((n) => new Int32Array(n), dayNumber)
    case 'decimal':
      return new DecimalStore(field)
    case 'json':
      return new JsonStore()
    case 'bytes':
      return new BytesStore()
    case 'struct':
      return new StructStore(field, (field.children ?? []).map(columnStore))
    case 'list':
      return new ListStore(columnStore(elementOf(field)))
    case 'map':
      return new MapStore(columnStore(elementOf(field)))
  }
}

/** Returns the element of a list, or the value of a map. */
export const elementOf = ({ children = [] }: Field): Field => children[0] as Field

/** Returns a store for one column. */
export function columnStore(field: Field): ColumnStore {
  const store = storeOf(field)
  const valid = field.optional || field.nullable ? new BitStore() : null
  const { optional, nullable } = field
  const miss = (row: number) => {
    valid?.put(row, false)
    store.clear(row)
  }
  return {
    store,
    valid,
    miss,
    set(row, value) {
      if (valid) {
        if ((value === undefined && optional) || (value === null && nullable)) {
          miss(row)
          return true
        }
        valid.put(row, true)
      }
      return store.set(row, value)
    },
    reserve(rows) {
      store.reserve(rows)
      valid?.reserve(rows)
    },
    cut(rows) {
      const bits = valid?.slice(rows) ?? null
      const nulls = bits ? countZeros(bits, rows) : 0
      return { ...store.cut(rows), bits: nulls > 0 ? bits : null, nulls }
    },
  }
}
