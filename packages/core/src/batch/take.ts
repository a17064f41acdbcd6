import { type Data, makeData } from 'apache-arrow'
import { passCodes } from '../store/given-codes.ts'
import { passValidTexts } from '../store/valid-texts.ts'
import { bytesOf, validityOf } from './columns.ts'

/** Bytes that are copied at a time. */
const WORD = 8
/** From this many bytes on, one call costs less than copying word by word. */
const BULK_COPY_BYTES = 512

type Fixed = Float64Array | Int32Array | Uint32Array | BigInt64Array | Int8Array

function takeBits(bits: Uint8Array, offset: number, rows: Int32Array): Uint8Array {
  const out = new Uint8Array((rows.length + 7) >> 3)
  for (let i = 0; i < rows.length; i++) {
    const at = offset + (rows[i] as number)
    if ((bits[at >> 3] as number) & (1 << (at & 7))) out[i >> 3] = (out[i >> 3] as number) | (1 << (i & 7))
  }
  return out
}

function takeStrings(data: Data, rows: Int32Array): { valueOffsets: Int32Array; data: Uint8Array } {
  const offsets = data.valueOffsets as Int32Array
  const total = textBytesOf(offsets, rows)
  const valueOffsets = new Int32Array(rows.length + 1)
  const out = new Uint8Array(total + WORD)
  takeTexts({ offsets, bytes: data.values as Uint8Array }, rows, { offsets: valueOffsets, bytes: out })
  return { valueOffsets, data: out.subarray(0, total) }
}

/** Returns the bytes of the texts of some rows. */
export function textBytesOf(offsets: Int32Array, rows: Int32Array): number {
  let total = 0
  for (let i = 0; i < rows.length; i++) total += (offsets[(rows[i] as number) + 1] as number) - (offsets[rows[i] as number] as number)
  return total
}

/** Text `i` is the bytes from offset `i` to offset `i + 1`. */
interface Texts {
  readonly offsets: Int32Array
  readonly bytes: Uint8Array
}

/**
 * Copies the texts of some rows to `to`, behind its first offset. Where there is room, up to seven bytes behind the last text are overwritten too, since
 * whole words are written: what follows a text is written after it.
 */
export function takeTexts({ offsets, bytes }: Texts, rows: Int32Array, { offsets: valueOffsets, bytes: out }: Texts): void {
  let total = valueOffsets[0] as number
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number
    total += (offsets[row + 1] as number) - (offsets[row] as number)
    valueOffsets[i + 1] = total
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const outView = new DataView(out.buffer, out.byteOffset, out.byteLength)
  for (let i = 0; i < rows.length; ) {
    const first = rows[i] as number
    const at = valueOffsets[i] as number
    let last = first
    for (i++; i < rows.length && rows[i] === last + 1; i++) last++
    const from = offsets[first] as number
    const to = offsets[last + 1] as number
    if (to - from > BULK_COPY_BYTES || to + WORD > bytes.length || at + to - from + WORD > out.length) out.set(bytes.subarray(from, to), at)
    else
      for (let k = from, o = at; k < to; k += WORD, o += WORD) {
        outView.setInt32(o, view.getInt32(k, true), true)
        outView.setInt32(o + 4, view.getInt32(k + 4, true), true)
      }
  }
}

/** Returns the given rows of a column, in that order, as a new column. */
export function take(data: Data, rows: Int32Array): Data {
  const nullBitmap = data.nullCount > 0 ? takeBits(data.nullBitmap, data.offset, rows) : null
  let nullCount = 0
  const isValid = validityOf(data)
  if (nullBitmap) for (let i = 0; i < rows.length; i++) if (!isValid(rows[i] as number)) nullCount++
  const common = { type: data.type, length: rows.length, nullCount, nullBitmap }
  if (data.children.length > 0) return makeData({ ...common, ...takeNested(data, rows) } as never)
  if (data.valueOffsets) {
    const taken = makeData({ ...common, ...takeStrings(data, rows) } as never)
    passCodes(data, rows, taken)
    return passValidTexts([data], taken)
  }
  if (data.values instanceof Uint8Array) return makeData({ ...common, data: takeBits(data.values, data.offset, rows) } as never)
  const values = data.values as Fixed
  const { stride } = data
  const out = new (values.constructor as new (n: number) => Fixed)(rows.length * stride)
  if (stride === 1) for (let i = 0; i < rows.length; i++) out[i] = values[rows[i] as number] as never
  else for (let i = 0; i < rows.length * stride; i++) out[i] = values[(rows[(i / stride) | 0] as number) * stride + (i % stride)] as never
  const dictionary = data.dictionary ? { dictionary: data.dictionary } : {}
  return makeData({ ...common, ...dictionary, data: out } as never)
}

/** Takes structs member by member, lists and maps with the elements of their rows. */
function takeNested(data: Data, rows: Int32Array): { children?: Data[]; child?: Data; valueOffsets?: Int32Array } {
  const children = data.children as Data[]
  if (!data.valueOffsets) return { children: children.map((child) => take(child, rows)) }
  const offsets = data.valueOffsets as Int32Array
  const valueOffsets = new Int32Array(rows.length + 1)
  for (let i = 0; i < rows.length; i++)
    valueOffsets[i + 1] = (valueOffsets[i] as number) + (offsets[(rows[i] as number) + 1] as number) - (offsets[rows[i] as number] as number)
  const elements = new Int32Array(valueOffsets[rows.length] as number)
  for (let i = 0; i < rows.length; i++) {
    const from = offsets[rows[i] as number] as number
    for (let at = valueOffsets[i] as number, k = from; at < (valueOffsets[i + 1] as number); at++, k++) elements[at] = k
  }
  return { valueOffsets, child: take(children[0] as Data, elements) }
}

/** Returns the elements of a list or map that belong to its rows, which a slice has not from the first to the last. */
export function elementsOf(data: Data): Data {
  const child = data.children[0] as Data
  const offsets = data.valueOffsets as Int32Array
  const [from, to] = [offsets[0] as number, offsets[data.length] as number]
  if (from === 0 && to === child.length) return child
  return take(
    child,
    Int32Array.from({ length: to - from }, (_, i) => from + i),
  )
}

/** Returns columns of one type joined end to end. */
export function concat(parts: readonly Data[]): Data {
  const first = parts[0] as Data
  if (parts.length === 1) return first
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const nullCount = parts.reduce((sum, part) => sum + part.nullCount, 0)
  const bits = (readerOf: (part: Data) => (i: number) => boolean) => {
    const out = new Uint8Array((length + 7) >> 3)
    let at = 0
    for (const part of parts) {
      const isSet = readerOf(part)
      for (let i = 0; i < part.length; i++, at++) if (isSet(i)) out[at >> 3] = (out[at >> 3] as number) | (1 << (at & 7))
    }
    return out
  }
  const nullBitmap = nullCount > 0 ? bits(validityOf) : null
  const common = { type: first.type, length, nullCount, nullBitmap }
  if (first.children.length > 0) return makeData({ ...common, ...concatNested(parts, length) } as never)
  if (first.valueOffsets) return passValidTexts(parts, makeData({ ...common, ...concatStrings(parts, length) } as never))
  if (first.values instanceof Uint8Array) {
    const readerOf =
      ({ values, offset }: Data) =>
      (i: number) =>
        (((values as Uint8Array)[(offset + i) >> 3] as number) & (1 << ((offset + i) & 7))) !== 0
    return makeData({ ...common, data: bits(readerOf) } as never)
  }
  const { stride } = first
  const out = new ((first.values as Fixed).constructor as new (n: number) => Fixed)(length * stride)
  let at = 0
  for (const part of parts) {
    out.set((part.values as Fixed).subarray(0, part.length * stride) as never, at)
    at += part.length * stride
  }
  const dictionary = first.dictionary ? { dictionary: first.dictionary } : {}
  return makeData({ ...common, ...dictionary, data: out } as never)
}

function concatStrings(parts: readonly Data[], length: number): { valueOffsets: Int32Array; data: Uint8Array } {
  const valueOffsets = new Int32Array(length + 1)
  const size = parts.reduce((sum, part) => sum + (part.valueOffsets[part.length] as number) - (part.valueOffsets[0] as number), 0)
  const data = new Uint8Array(size)
  let row = 0
  let at = 0
  for (const part of parts) {
    const offsets = part.valueOffsets as Int32Array
    const base = offsets[0] as number
    data.set((part.values as Uint8Array).subarray(base, offsets[part.length]), at)
    for (let i = 0; i < part.length; i++) valueOffsets[++row] = at + (offsets[i + 1] as number) - base
    at += (offsets[part.length] as number) - base
  }
  return { valueOffsets, data }
}

function concatNested(parts: readonly Data[], length: number): { children?: Data[]; child?: Data; valueOffsets?: Int32Array } {
  const [first] = parts
  if (!first?.valueOffsets) return { children: (first as Data).children.map((_, c) => concat(parts.map((part) => part.children[c] as Data))) }
  const valueOffsets = new Int32Array(length + 1)
  let row = 0
  for (const part of parts) {
    const offsets = part.valueOffsets as Int32Array
    const shift = (valueOffsets[row] as number) - (offsets[0] as number)
    for (let i = 1; i <= part.length; i++) valueOffsets[++row] = (offsets[i] as number) + shift
  }
  return { valueOffsets, child: concat(parts.map(elementsOf)) }
}

/** A filter that keeps less than this share of its rows copies them at once, so that a few rows do not hold the memory of many. */
const LEAST_SHARE = 1 / 8

/** Rows of a column that are copied when somebody reads them as a column. A sink that copies its rows anyway takes them from the base. */
export class Selection {
  readonly rows: Int32Array
  /** Null once the rows are copied: then its memory is not needed for them. */
  #base: Data | null
  #taken: Data | null = null

  constructor(base: Data, rows: Int32Array) {
    this.#base = base
    this.rows = rows
  }

  /** The column that has the rows among others; null once they are copied. */
  get base(): Data | null {
    return this.#base
  }

  /** The rows as a column of their own. */
  get data(): Data {
    if (this.#base) this.#taken = take(this.#base, this.rows)
    this.#base = null
    return this.#taken as Data
  }

  /** About the bytes of the rows when they are copied. */
  get bytes(): number {
    const base = this.#base
    return base ? Math.ceil((bytesOf(base) * this.rows.length) / Math.max(1, base.length)) : bytesOf(this.data)
  }
}

/** A column of a batch. */
export type Column = Data | Selection

export const readColumn = (column: Column): Data => (column instanceof Selection ? column.data : column)

export const columnBytes = (column: Column): number => (column instanceof Selection ? column.bytes : bytesOf(column))

/** Returns the given rows of columns, in that order. They are copied at once where they are few, and else when they are read. */
export function select(columns: readonly Column[], length: number, rows: Int32Array): Column[] {
  if (rows.length < length * LEAST_SHARE) return columns.map((column) => take(readColumn(column), rows))
  // Columns of one selection share their rows.
  const composed = new Map<Int32Array, Int32Array>()
  return columns.map((column) => {
    const base = column instanceof Selection ? column.base : null
    if (!base) return new Selection(readColumn(column), rows)
    const given = (column as Selection).rows
    let own = composed.get(given)
    if (!own) {
      own = rows.map((row) => given[row] as number)
      composed.set(given, own)
    }
    return new Selection(base, own)
  })
}
