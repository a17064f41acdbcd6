import type { Kernels } from '../kernels/kernels.ts'
import type { Column } from '../pack/column.ts'
import type { Levels } from './levels.ts'
import { type Leaf, physical } from './schema.ts'

/** Bytes of a decimal in a column: four words of 32 bits, the lowest first. */
const WORDS = 16

/** The values of a page in the memory of the kernels, without nulls. */
export type Values =
  /** All of `width` bytes. */
  | { readonly kind: 'fixed'; readonly count: number; readonly at: number; readonly width: number }
  /** Text `i` is the bytes from offset `i` to offset `i + 1`, counted from `bytes`. */
  | {
      readonly kind: 'texts'
      readonly count: number
      readonly offsets: number
      readonly bytes: number
      readonly first: number
      readonly length: number
    }
  /** One bit each. */
  | { readonly kind: 'bits'; readonly count: number; readonly bits: Uint8Array }
  /** Numbers of members. */
  | { readonly kind: 'codes'; readonly count: number; readonly codes: Int8Array | Int16Array | Int32Array; readonly members: readonly string[] }

type Texts = Values & { readonly kind: 'texts' }
type Chosen = Pick<Levels, 'first' | 'values' | 'rows'>

/** Copies the values of a page into the memory of the kernels, those without a value left out. */
export function loadValues(kernels: Kernels, leaf: Leaf, column: Column, chosen: Chosen): Values {
  if (leaf.kind === 'enum') return { kind: 'codes', count: chosen.values, codes: codesOf(column, chosen), members: column.members }
  if (leaf.physical === physical.boolean) return { kind: 'bits', count: chosen.values, bits: bitsOf(column, chosen) }
  if (leaf.physical === physical.bytes) return checked(kernels, leaf, loadTexts(kernels, column, chosen))
  return loadFixed(kernels, leaf, column, chosen)
}

/** Returns the values from the first chosen one to the last: how many there are of the column, chosen or not. */
const spanOf = ({ first, values, rows }: Chosen) => (rows ? (rows[values - 1] as number) - first + 1 : values)

/** Puts the numbers of the chosen values, counted from the first, into the memory. */
function putRows({ memory }: Kernels, rows: Int32Array, first: number): number {
  const at = memory.take(4 * rows.length)
  const list = memory.ints(at, rows.length)
  for (let i = 0; i < rows.length; i++) list[i] = (rows[i] as number) - first
  return at
}

function loadFixed(kernels: Kernels, { kind, width }: Leaf, column: Column, chosen: Chosen): Values {
  const { memory } = kernels
  const { first, values: count, rows } = chosen
  const inColumn = kind === 'decimal' ? WORDS : width
  let at = memory.put(column.values.subarray(first * inColumn, (first + spanOf(chosen)) * inColumn))
  if (rows) {
    const list = putRows(kernels, rows, first)
    const taken = memory.take(count * inColumn)
    kernels.takeFixed(at, inColumn, list, count, taken)
    at = taken
  }
  if (kind === 'decimal') {
    const words = at
    at = memory.take(count * width)
    putDecimals(memory.bytes.subarray(words), count, width, memory.bytes.subarray(at))
  }
  return { kind: 'fixed', count, at, width }
}

/** Refuses texts that are not UTF-8, which columns from elsewhere may hold and readers refuse or garble. */
function checked(kernels: Kernels, { kind, path }: Leaf, texts: Texts): Texts {
  if (kind === 'bytes' || kernels.validTexts(texts.offsets, texts.bytes, texts.count) === 1) return texts
  throw new Error(`column ${path.join('.')} has a text that is not valid UTF-8`)
}

function loadTexts(kernels: Kernels, column: Column, chosen: Chosen): Texts {
  const { memory } = kernels
  const { first, values: count, rows } = chosen
  const span = spanOf(chosen)
  const offsets = column.offsets.subarray(first, first + span + 1)
  const [from, to] = span === 0 ? [0, 0] : [offsets[0] as number, offsets[span] as number]
  const offsetsAt = memory.take(4 * (span + 1))
  const bytesAt = memory.put(column.values.subarray(from, to))
  memory.ints(offsetsAt, span + 1).set(offsets.length > 0 ? offsets : [0])
  if (!rows) return { kind: 'texts', count, offsets: offsetsAt, bytes: bytesAt - from, first: from, length: to - from }
  const list = putRows(kernels, rows, first)
  const taken = { offsets: memory.take(4 * (count + 1)), bytes: memory.take(to - from) }
  const length = kernels.takeTexts(offsetsAt, bytesAt - from, list, count, taken.offsets, taken.bytes)
  return { kind: 'texts', count, ...taken, first: 0, length }
}

function codesOf({ codes }: Column, { first, values, rows }: Chosen): Int8Array | Int16Array | Int32Array {
  if (!rows) return codes.subarray(first, first + values)
  const taken = new Int32Array(values)
  for (let i = 0; i < values; i++) taken[i] = codes[rows[i] as number] as number
  return taken
}

function bitsOf(column: Column, { first, values, rows }: Chosen): Uint8Array {
  const taken = new Uint8Array((values + 7) >> 3)
  for (let i = 0; i < values; i++) {
    const place = rows ? (rows[i] as number) : first + i
    if ((column.values[place >> 3] as number) & (1 << (place & 7))) taken[i >> 3] = (taken[i >> 3] as number) | (1 << (i & 7))
  }
  return taken
}

/**
 * Writes decimals as files hold them, in `width` bytes: as integers of 4 or 8 bytes, the lowest byte first, and wider ones with the highest byte
 * first. What is left out of a number that fits is its sign, repeated.
 */
function putDecimals(source: Uint8Array, count: number, width: number, target: Uint8Array): void {
  const isInteger = width === 4 || width === 8
  for (let i = 0; i < count; i++) {
    const from = i * WORDS
    const to = i * width
    if (isInteger) for (let b = 0; b < width; b++) target[to + b] = source[from + b] as number
    else for (let b = 0; b < width; b++) target[to + b] = source[from + width - 1 - b] as number
  }
}
