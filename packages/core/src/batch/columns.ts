import type { Data, Vector } from 'apache-arrow'
import type { Field } from './field.ts'
import { shortText } from './short-texts.ts'

const TWO_32 = 2 ** 32
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Returns whether row `i` of the column has a value. */
export function isValid(data: Data, i: number): boolean {
  if (data.nullCount <= 0) return true
  const at = data.offset + i
  return ((data.nullBitmap[at >> 3] ?? 0) & (1 << (at & 7))) !== 0
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

/** Returns a reader of row values: string, number, boolean or Date, and null or undefined where there is none. */
export function valueReader(field: Field, data: Data): (i: number) => unknown {
  const read = plainReader(field, data)
  if (data.nullCount <= 0) return read
  const missing = field.optional ? undefined : null
  return (i) => (isValid(data, i) ? read(i) : missing)
}

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
  }
}

/** Returns the bytes that a column holds, without its dictionary. */
export function bytesOf(data: Data): number {
  return (data.values?.byteLength ?? 0) + (data.valueOffsets?.byteLength ?? 0) + (data.nullBitmap?.byteLength ?? 0)
}
