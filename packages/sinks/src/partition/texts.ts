import { TextCodes } from '@tickets/core/arrow'
import { type ColumnData, validAt } from './column.ts'

/**
 * Numbers texts by their first appearance, by their bytes where they lie, so that a row costs no string.
 *
 * Gives a code for each row, -1 for null; `firsts` says in which row each text came first.
 */
export function numberTexts(data: ColumnData, length: number, onNew: (distinct: number) => void): { codes: Int32Array; firsts: number[] } {
  const offsets = data.valueOffsets as Int32Array
  const bytes = data.values as Uint8Array
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const valid = validAt(data)
  const texts = new TextCodes()
  const codes = new Int32Array(length).fill(-1)
  const firsts: number[] = []
  for (let row = 0; row < length; row++) {
    if (!valid(row)) continue
    codes[row] = texts.codeOf(bytes, offsets[row] as number, offsets[row + 1] as number, view)
    if (texts.size > firsts.length) onNew(firsts.push(row))
  }
  return { codes, firsts }
}
