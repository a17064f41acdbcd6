import { TEXT_LIMIT, TextCodes } from '../../batch/text-codes.ts'
import type { ColumnCut } from '../../store/stores.ts'
import type { NumberedTexts } from './messages.ts'

/** Numbers the texts of the columns for which the other thread asks, from piece to piece. */
export class TextNumbers {
  readonly #columns = new Map<number, TextCodes>()

  /** Numbers the texts of these columns; a column with more different texts in one piece than the limit is left out. */
  number(columns: readonly ColumnCut[], rows: number, wanted: readonly number[]): NumberedTexts[] {
    for (const column of this.#columns.keys()) if (!wanted.includes(column)) this.#columns.delete(column)
    return wanted.flatMap((column) => {
      const cut = columns[column] as ColumnCut
      const known = this.#columns.get(column)
      // Those that are full begin anew with this piece.
      const found = (known && numbersOf(cut, rows, known)) ?? numbersOf(cut, rows, new TextCodes(TEXT_LIMIT))
      if (!found) return []
      this.#columns.set(column, found.texts)
      const { first, numbers, texts } = found
      return [{ column, first, numbers, ...texts.from(first) }]
    })
  }
}

function numbersOf({ values, offsets = new Int32Array(1), bits }: ColumnCut, rows: number, texts: TextCodes) {
  const bytes = values as Uint8Array
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const first = texts.size
  const numbers = new Int32Array(rows).fill(-1)
  for (let i = 0; i < rows; i++) {
    if (bits && ((bits[i >> 3] as number) & (1 << (i & 7))) === 0) continue
    const number = texts.codeOf(bytes, offsets[i] as number, offsets[i + 1] as number, view)
    if (number < 0) return null
    numbers[i] = number
  }
  return { first, numbers, texts }
}
