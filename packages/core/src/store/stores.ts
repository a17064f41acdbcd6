import { jsonText } from '../values/json-text.ts'

/** Arrays up to this size in bytes are kept for the next batch. Larger ones are freed, so that one large batch is not held forever. */
const KEEP = 2 * 1024 * 1024
/** ASCII text up to this length is written without the fixed cost of the encoder. */
const SHORT = 64
const TWO_32 = 2 ** 32
const encoder = new TextEncoder()

export type Numbers = Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Int16Array<ArrayBuffer> | Int8Array<ArrayBuffer>

/** The values of one column as new arrays, in the layout of Arrow's buffers. */
export interface Cut {
  /** Absent where a column holds nothing but others. */
  readonly values?: Numbers | Uint8Array<ArrayBuffer> | BigInt64Array<ArrayBuffer> | undefined
  /** Of text, lists and maps: row `i` is the bytes or elements from `offsets[i]` to `offsets[i + 1]`. */
  readonly offsets?: Int32Array<ArrayBuffer> | undefined
  /** The columns inside of a nested column; of a map the keys and the values. */
  readonly children?: readonly ColumnCut[]
}

/** The buffers of a column. `bits` is null where every row has a value. */
export interface ColumnCut extends Cut {
  readonly bits: Uint8Array<ArrayBuffer> | null
  readonly nulls: number
}

/**
 * Holds the values of one column in typed arrays, by row. A row may be written again until the column is cut, so a row that fails halfway needs no
 * undo. The fast decoder writes into the arrays directly.
 */
export interface Store {
  /** Makes room for so many rows. */
  reserve(rows: number): void
  /** Writes a value. Returns false when the column cannot hold it. */
  set(row: number, value: unknown): boolean
  /** Writes that the row has no value, always as the same bytes, so that equal rows are equal bytes. */
  clear(row: number): void
  /** Returns the first rows as new arrays. */
  cut(rows: number): Cut
}

/** Holds the values of one column and which rows have one. It needs no Arrow, so that a decoding thread loads quickly. */
export interface ColumnStore {
  readonly store: Store
  /** Which rows have a value; null where the column has one in every row. */
  readonly valid: BitStore | null
  reserve(rows: number): void
  /** Writes row `row`, for which there must be room; `undefined` is an absent optional, null a null. Returns false when the column cannot hold it. */
  set(row: number, value: unknown): boolean
  /** Marks that row `row` has no value. */
  miss(row: number): void
  /** Returns the first rows, and starts again empty. */
  cut(rows: number): ColumnCut
}

export function enlarge<A extends Numbers | Uint8Array<ArrayBuffer>>(old: A, length: number): A {
  const next = new (old.constructor as new (n: number) => A)(length)
  next.set(old as never)
  return next
}

/** Returns whether an array is small enough to be kept for the next batch. */
export const keep = (array: { readonly byteLength: number }) => array.byteLength <= KEEP

/** Doubles, 32-bit integers, dictionary codes. */
export class FixedStore implements Store {
  values: Numbers
  readonly #make: (n: number) => Numbers
  readonly #read: (value: unknown) => number | undefined

  constructor(make: (n: number) => Numbers, read: (value: unknown) => number | undefined) {
    this.#make = make
    this.#read = read
    this.values = make(64)
  }

  reserve(rows: number): void {
    if (rows > this.values.length) this.values = enlarge(this.values, Math.max(rows, this.values.length * 2))
  }

  set(row: number, value: unknown): boolean {
    const number = this.#read(value)
    if (number === undefined) return false
    this.values[row] = number
    return true
  }

  clear(row: number): void {
    this.values[row] = 0
  }

  cut(rows: number): Cut {
    const values = this.values.slice(0, rows)
    if (!keep(this.values)) this.values = this.#make(64)
    return { values }
  }
}

/** 64-bit integers, written as two halves: BigInt would cost an allocation a value. */
export class WideStore implements Store {
  halves = new Int32Array(128)
  readonly #read: (value: unknown) => number | undefined

  constructor(read: (value: unknown) => number | undefined) {
    this.#read = read
  }

  reserve(rows: number): void {
    if (rows * 2 > this.halves.length) this.halves = enlarge(this.halves, Math.max(rows, this.halves.length) * 2)
  }

  put(row: number, number: number): void {
    const high = Math.floor(number / TWO_32)
    this.halves[row * 2] = (number - high * TWO_32) | 0
    this.halves[row * 2 + 1] = high
  }

  get(row: number): number {
    return (this.halves[row * 2 + 1] as number) * TWO_32 + ((this.halves[row * 2] as number) >>> 0)
  }

  set(row: number, value: unknown): boolean {
    const number = this.#read(value)
    if (number === undefined) return false
    this.put(row, number)
    return true
  }

  clear(row: number): void {
    this.put(row, 0)
  }

  cut(rows: number): Cut {
    const values = new BigInt64Array(this.halves.slice(0, rows * 2).buffer)
    if (!keep(this.halves)) this.halves = new Int32Array(128)
    return { values }
  }
}

/** Text as UTF-8. Row `i` ends at `offsets[i + 1]`; what lies behind the last row's end is free. */
export class TextStore implements Store {
  offsets = new Int32Array(65)
  bytes = new Uint8Array(1024)
  view = new DataView(this.bytes.buffer)

  reserve(rows: number): void {
    if (rows + 1 > this.offsets.length) this.offsets = enlarge(this.offsets, Math.max(rows + 1, this.offsets.length * 2))
  }

  /** Makes room up to this byte. */
  room(length: number): void {
    if (length <= this.bytes.length) return
    this.bytes = enlarge(this.bytes, Math.max(length, this.bytes.length * 2))
    this.view = new DataView(this.bytes.buffer)
  }

  set(row: number, value: unknown): boolean {
    if (typeof value !== 'string') return false
    const from = this.offsets[row] as number
    // UTF-16 to UTF-8 takes three bytes a unit at the most.
    this.room(from + value.length * 3)
    if (value.length <= SHORT) {
      let i = 0
      for (; i < value.length; i++) {
        const unit = value.charCodeAt(i)
        if (unit > 0x7f) break
        this.bytes[from + i] = unit
      }
      this.offsets[row + 1] = from + i
      if (i === value.length) return true
    }
    // UTF-8 cannot hold half a surrogate pair; encoding would replace it in silence.
    if (!value.isWellFormed()) return false
    this.offsets[row + 1] = from + encoder.encodeInto(value, this.bytes.subarray(from)).written
    return true
  }

  clear(row: number): void {
    this.offsets[row + 1] = this.offsets[row] as number
  }

  cut(rows: number): Cut {
    const offsets = this.offsets.slice(0, rows + 1)
    const values = this.bytes.slice(0, offsets[rows])
    if (!keep(this.offsets)) this.offsets = new Int32Array(65)
    if (!keep(this.bytes)) {
      this.bytes = new Uint8Array(1024)
      this.view = new DataView(this.bytes.buffer)
    }
    return { values, offsets }
  }
}

/** JSON values as their text. */
export class JsonStore extends TextStore {
  override set(row: number, value: unknown): boolean {
    const text = jsonText(value)
    return text !== null && super.set(row, text)
  }
}

/** Bytes as they are. */
export class BytesStore extends TextStore {
  override set(row: number, value: unknown): boolean {
    if (!(value instanceof Uint8Array)) return false
    const from = this.offsets[row] as number
    this.room(from + value.length)
    this.bytes.set(value, from)
    this.offsets[row + 1] = from + value.length
    return true
  }
}

/** A bit a row: booleans, and which rows have a value. */
export class BitStore implements Store {
  bits = new Uint8Array(8)

  reserve(rows: number): void {
    if (rows > this.bits.length * 8) this.bits = enlarge(this.bits, Math.max((rows + 7) >> 3, this.bits.length * 2))
  }

  put(row: number, yes: boolean): void {
    const bit = 1 << (row & 7)
    const byte = this.bits[row >> 3] as number
    this.bits[row >> 3] = yes ? byte | bit : byte & ~bit
  }

  set(row: number, value: unknown): boolean {
    if (typeof value !== 'boolean') return false
    this.put(row, value)
    return true
  }

  clear(row: number): void {
    this.put(row, false)
  }

  /** The bits of the first rows, zeros after them. */
  slice(rows: number): Uint8Array<ArrayBuffer> {
    const bits = this.bits.slice(0, (rows + 7) >> 3)
    if (rows & 7) bits[rows >> 3] = (bits[rows >> 3] as number) & ((1 << (rows & 7)) - 1)
    if (!keep(this.bits)) this.bits = new Uint8Array(8)
    return bits
  }

  cut(rows: number): Cut {
    return { values: this.slice(rows) }
  }
}

/** Returns how many of the first `rows` bits are not set. All bits after them must be zero. */
export function countZeros(bits: Uint8Array, rows: number): number {
  let ones = 0
  for (let i = 0; i < bits.length; i++) for (let byte = bits[i] as number; byte !== 0; byte &= byte - 1) ones++
  return rows - ones
}
