import { type Data, makeData, Utf8 } from 'apache-arrow'
import type { Found } from './redacted-columns.ts'
import { textsOf } from './texts-of.ts'

const MASK = new TextEncoder().encode('***')

/** Returns a function that makes masked columns: `***` and the last `keepLast` characters of texts that are at least twice as long. */
export function masker(keepLast: number): (found: Found) => Data {
  return ({ field, data, isPresent }) => {
    const { length, nullCount } = data
    const { column, codes } = textsOf(field, data)
    const offsets = column.valueOffsets as Int32Array
    const bytes = column.values as Uint8Array
    const kept = new Int32Array(length)
    const valueOffsets = new Int32Array(length + 1)
    const ofText = (at: number) => keptFrom(bytes, offsets[at] as number, offsets[at + 1] as number, keepLast)
    for (let i = 0, end = 0; i < length; i++) {
      const at = codes ? (codes[i] as number) : i
      if (isPresent(i)) {
        kept[i] = keepLast > 0 ? ofText(at) : (offsets[at + 1] as number)
        end += MASK.length + (offsets[at + 1] as number) - (kept[i] as number)
      }
      valueOffsets[i + 1] = end
    }
    const out = new Uint8Array(valueOffsets[length] as number)
    for (let i = 0; i < length; i++) {
      let place = valueOffsets[i] as number
      const to = valueOffsets[i + 1] as number
      if (place === to) continue
      for (let k = 0; k < MASK.length; k++) out[place++] = MASK[k] as number
      for (let from = kept[i] as number; place < to; ) out[place++] = bytes[from++] as number
    }
    const nullBitmap = nullCount > 0 ? data.nullBitmap : null
    return makeData({ type: new Utf8(), length, nullCount, nullBitmap, valueOffsets, data: out } as never)
  }
}

const isStart = (byte: number | undefined) => ((byte ?? 0) & 0xc0) !== 0x80

/** Returns where the last `count` characters of a text in UTF-8 begin; its end where the text is shorter than twice that. */
function keptFrom(bytes: Uint8Array, from: number, to: number, count: number): number {
  let characters = 0
  let begin = to
  for (let at = to - 1; at >= from; at--) {
    if (!isStart(bytes[at])) continue
    characters++
    if (characters === count) begin = at
    if (characters === count * 2) return begin
  }
  return to
}
