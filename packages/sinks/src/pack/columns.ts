import type { membersOf } from '@tickets/core/arrow'
import { takeTexts, textBytesOf } from '@tickets/core/internal'

/** One column of one batch: what is used of Arrow's `Data`. */
export interface Part {
  readonly length: number
  /** Of its bits; its other values begin at 0. */
  readonly offset: number
  readonly nullCount: number
  readonly nullBitmap: Uint8Array
  readonly values: ArrayBufferView & ArrayLike<unknown>
  readonly valueOffsets: Int32Array
  /** Which rows there are, where these are not all of the column; their number is the length. */
  readonly rows?: Int32Array
  /** The columns inside of a nested one. */
  readonly children?: readonly unknown[]
  /** The members of an enum. */
  readonly dictionary?: Parameters<typeof membersOf>[0]['dictionary']
}

/** Returns the number of bytes that hold one bit for each row. */
export const bitsOf = (rows: number): number => (rows + 7) >> 3

const isSet = (bits: Uint8Array, i: number) => ((bits[i >> 3] as number) & (1 << (i & 7))) !== 0

/** Returns whether row `i` has a value. */
export const isValid = ({ nullCount, nullBitmap, offset }: Part, i: number) => nullCount <= 0 || isSet(nullBitmap, offset + i)

/** Returns the total bytes of all texts. */
export const textBytes = (parts: readonly Part[]): number =>
  parts.reduce(
    (sum, { valueOffsets, length, rows }) =>
      sum + (rows ? textBytesOf(valueOffsets, rows) : (valueOffsets[length] as number) - (valueOffsets[0] as number)),
    0,
  )

/** Writes the texts of the parts end to end, and their offsets. */
export function putText(ipc: ArrayBuffer, offsetsAt: number, bytesAt: number, parts: readonly Part[]): void {
  const count = parts.reduce((sum, { length }) => sum + length, 0)
  const out = new Int32Array(ipc, offsetsAt, count + 1)
  const bytes = new Uint8Array(ipc)
  let row = 0
  let at = 0
  for (const { valueOffsets, values, length, rows } of parts) {
    if (rows) {
      out[row] = at
      takeTexts({ offsets: valueOffsets, bytes: values as Uint8Array }, rows, { offsets: out.subarray(row), bytes: bytes.subarray(bytesAt) })
      row += length
      at = out[row] as number
      continue
    }
    const base = valueOffsets[0] as number
    const end = valueOffsets[length] as number
    bytes.set((values as Uint8Array).subarray(base, end), bytesAt + at)
    if (at === base) out.set(valueOffsets.subarray(0, length + 1), row)
    else for (let i = 0; i <= length; i++) out[row + i] = (valueOffsets[i] as number) + at - base
    row += length
    at += end - base
  }
}

/** Writes the offsets of lists and maps whose elements come end to end. */
export function putOffsets(ipc: ArrayBuffer, offsetsAt: number, parts: readonly Part[]): void {
  const rows = parts.reduce((sum, { length }) => sum + length, 0)
  const out = new Int32Array(ipc, offsetsAt, rows + 1)
  out[0] = 0
  let row = 0
  for (const { valueOffsets, length } of parts) {
    const shift = (out[row] as number) - (valueOffsets[0] as number)
    for (let i = 1; i <= length; i++) out[++row] = (valueOffsets[i] as number) + shift
  }
}

/** Writes the numbers or instants of the parts end to end; `words` is how many values of the array a row has. */
export function putFixed(ipc: ArrayBuffer, at: number, parts: readonly Part[], words = 1): void {
  const bytes = new Uint8Array(ipc)
  for (const { values, length, rows } of parts) {
    const size = (values.byteLength / values.length) * words * length
    if (length === 0) continue
    if (rows) {
      takeFixed(values as Int32Array, words, rows, ipc, at)
      at += size
      continue
    }
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, size), at)
    at += size
  }
}

/** Copies the values of some rows, each of `words` numbers. */
function takeFixed(values: Int32Array, words: number, rows: Int32Array, buffer: ArrayBuffer, at: number): void {
  const out = new (values.constructor as Int32ArrayConstructor)(buffer, at, rows.length * words)
  if (words === 1) for (let i = 0; i < rows.length; i++) out[i] = values[rows[i] as number] as number
  else
    for (let i = 0; i < rows.length; i++)
      for (let word = 0; word < words; word++) out[i * words + word] = values[(rows[i] as number) * words + word] as number
}

/** Writes the bits of the parts end to end: those of validity, or of a boolean column. */
export function putBits(ipc: ArrayBuffer, at: number, parts: readonly Part[], what: 'validity' | 'values'): void {
  const rows = parts.reduce((sum, { length }) => sum + length, 0)
  const out = new Uint8Array(ipc, at, bitsOf(rows)).fill(0)
  let row = 0
  for (const part of parts) {
    const { length, offset, nullCount, rows: chosen } = part
    const bits = what === 'values' ? (part.values as Uint8Array) : nullCount > 0 ? part.nullBitmap : null
    for (let i = 0; i < length; i++, row++)
      if (bits === null || isSet(bits, offset + (chosen ? (chosen[i] as number) : i))) out[row >> 3] = (out[row >> 3] as number) | (1 << (row & 7))
  }
}
