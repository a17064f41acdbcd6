import type { Data, Vector } from 'apache-arrow'
import type { Field } from '../store/field.ts'
import { dayText } from '../values/days.ts'
import { unscaledText } from '../values/decimal-text.ts'
import { listReader, mapReader, structReader } from './nested-readers.ts'
import { shortText } from './short-texts.ts'

const TWO_32 = 2 ** 32
/** 32-bit words of a decimal, the lowest first. */
const DECIMAL_WORDS = 4
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

const always = () => true

/** Returns a reader of whether row `i` of a column has a value. Arrow computes `nullCount` at each call, so it is asked once. */
export function validityOf(data: Data): (i: number) => boolean {
  if (data.nullCount <= 0) return always
  const { offset, nullBitmap } = data
  return (i) => ((nullBitmap[(offset + i) >> 3] ?? 0) & (1 << ((offset + i) & 7))) !== 0
}

/** Returns a reader of 64-bit values as numbers. It reads two halves, since a BigInt would be allocated for each value. */
export function wideReader(data: Data): (i: number) => number {
  const values = data.values as BigInt64Array
  const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2)
  return (i) => (halves[i * 2 + 1] as number) * TWO_32 + ((halves[i * 2] as number) >>> 0)
}

/** Returns the members of a dictionary column. Arrow's own getter would drop a leading U+FEFF, so the bytes are decoded here. */
export function membersOf(column: { readonly dictionary?: Vector | undefined }): readonly string[] {
  const chunks: readonly Data[] = column.dictionary?.data ?? []
  return chunks.flatMap((chunk) => Array.from({ length: chunk.length }, (_, i) => stringReader(chunk)(i)))
}

/** Returns a reader of the texts of a column. */
export function stringReader(data: Data): (i: number) => string {
  const offsets = data.valueOffsets as Int32Array
  const bytes = data.values as Uint8Array
  return (i) => {
    const from = offsets[i] as number
    const to = offsets[i + 1] as number
    return shortText(bytes, from, to) ?? decoder.decode(bytes.subarray(from, to))
  }
}

/** Returns a reader of row values, and null or undefined where there is none. */
export function valueReader(field: Field, data: Data): (i: number) => unknown {
  const read = plainReader(field, data)
  const isValid = validityOf(data)
  if (isValid === always) return read
  const missing = missingIn(field)
  return (i) => (isValid(i) ? read(i) : missing)
}

/** Returns what a row has where there is no value. An absent key of a nullable column is null too. */
export const missingIn = ({ nullable }: Field): null | undefined => (nullable ? null : undefined)

const inside = { reader: valueReader, validityOf, texts: stringReader }

function plainReader(field: Field, data: Data): (i: number) => unknown {
  switch (field.kind) {
    case 'string':
      return stringReader(data)
    case 'enum': {
      const members = membersOf(data)
      const codes = data.values as Int8Array
      return (i) => members[codes[i] as number]
    }
    case 'number':
    case 'int32': {
      const values = data.values as Float64Array
      return (i) => values[i]
    }
    case 'integer':
      return wideReader(data)
    case 'instant': {
      const millis = wideReader(data)
      return (i) => new Date(millis(i))
    }
    case 'boolean': {
      const bits = data.values as Uint8Array
      return (i) => ((bits[(data.offset + i) >> 3] ?? 0) & (1 << ((data.offset + i) & 7))) !== 0
    }
    case 'date': {
      const days = data.values as Int32Array
      return (i) => dayText(days[i] as number)
    }
    case 'decimal':
      return decimalReader(field, data)
    case 'json': {
      const text = stringReader(data)
      return (i) => JSON.parse(text(i))
    }
    case 'bytes': {
      const offsets = data.valueOffsets as Int32Array
      return (i) => (data.values as Uint8Array).slice(offsets[i], offsets[i + 1])
    }
    case 'struct':
      return structReader(field, data, inside)
    case 'list':
      return listReader(field, data, inside)
    case 'map':
      return mapReader(field, data, inside)
  }
}

/** Returns a reader of decimals as text with all digits behind the point. */
function decimalReader({ scale = 0 }: Field, data: Data): (i: number) => string {
  const words = data.values as Uint32Array
  return (i) => {
    const at = i * DECIMAL_WORDS
    const [low, next, third, top] = [words[at] as number, (words[at + 1] as number) | 0, (words[at + 2] as number) | 0, (words[at + 3] as number) | 0]
    const number = next * TWO_32 + (low >>> 0)
    const isShort = third === top && top === (next < 0 ? -1 : 0) && Math.abs(number) <= Number.MAX_SAFE_INTEGER
    const digits = isShort ? String(number) : String(wideOf(low, next, third, top))
    return digits.startsWith('-') ? `-${unscaledText(digits.slice(1), scale)}` : unscaledText(digits, scale)
  }
}

/** Returns the whole number of four words. */
function wideOf(low: number, next: number, third: number, top: number): bigint {
  const word = (value: number) => BigInt(value >>> 0)
  return (BigInt(top) << 96n) | (word(third) << 64n) | (word(next) << 32n) | word(low)
}

/** Returns the bytes that a column holds with those inside of it, without dictionaries. */
export function bytesOf(data: Data): number {
  const own = (data.values?.byteLength ?? 0) + (data.valueOffsets?.byteLength ?? 0) + (data.nullBitmap?.byteLength ?? 0)
  return data.children.reduce((sum, child) => sum + bytesOf(child as Data), own)
}
