import { TEXT_LIMIT, TextCodes } from '../../batch/text-codes.ts'
import { type DictionaryKernels, GrowingDictionary } from '../../kernels/growing-dictionary.ts'
import { loadKernel } from '../../schema/kernel/kernel.ts'
import type { ColumnCut } from '../../store/stores.ts'
import type { NumberedTexts } from './messages.ts'

/** What is said of the texts of one column. */
type Numbered = Omit<NumberedTexts, 'column'>
/** Numbers the texts of a column from piece to piece; returns null where they would become too many, and is of no use then. */
type Numbering = (column: ColumnCut, rows: number) => Numbered | null

/** Numbers the texts of the columns for which the other thread asks, from piece to piece. */
export class TextNumbers {
  readonly #columns = new Map<number, Numbering>()
  readonly #begin: () => Numbering

  constructor(begin = numberings()) {
    this.#begin = begin
  }

  /** Numbers the texts of these columns; a column with more different texts in one piece than the limit is left out. */
  number(columns: readonly ColumnCut[], rows: number, wanted: readonly number[]): NumberedTexts[] {
    for (const column of this.#columns.keys()) if (!wanted.includes(column)) this.#columns.delete(column)
    return wanted.flatMap((column) => {
      const cut = columns[column] as ColumnCut
      const numbered = this.#columns.get(column)?.(cut, rows)
      if (numbered) return [{ column, ...numbered }]
      // Those that are full begin anew with this piece.
      const begun = this.#begin()
      const found = begun(cut, rows)
      if (!found) return []
      this.#columns.set(column, begun)
      return [{ column, ...found }]
    })
  }
}

/** Returns what makes numberings: by one kernel, loaded for the first of them, or in TypeScript where there is none. */
function numberings(): () => Numbering {
  let kernel: DictionaryKernels | null | undefined
  return () => {
    if (kernel === undefined) kernel = loadKernel()
    return kernel ? kernelNumbering(kernel) : twinNumbering()
  }
}

const bitAt = (bits: Uint8Array, i: number) => ((bits[i >> 3] as number) & (1 << (i & 7))) !== 0

function rowsWithText(bits: Uint8Array, rows: number): Int32Array {
  const found = new Int32Array(rows)
  let count = 0
  for (let i = 0; i < rows; i++) if (bitAt(bits, i)) found[count++] = i
  return found.subarray(0, count)
}

/** Returns a numbering by a kernel, which lends its memory to one call after the other. */
export function kernelNumbering(kernels: DictionaryKernels): Numbering {
  const texts = new GrowingDictionary(kernels, { entries: TEXT_LIMIT.texts, bytes: TEXT_LIMIT.bytes })
  const { memory } = kernels
  return ({ values, offsets = new Int32Array(1), bits }, rows) => {
    const { top } = memory
    const first = texts.size
    const chosen = bits && rowsWithText(bits, rows)
    const count = chosen ? chosen.length : rows
    const bytesAt = memory.put(values as Uint8Array)
    const offsetsAt = memory.take(4 * (count + 1))
    const target = memory.take(4 * count)
    // A row without a text has no bytes: each text ends where the next one begins.
    const starts = memory.ints(offsetsAt, count + 1)
    if (chosen) for (let i = 0; i < count; i++) starts[i] = offsets[chosen[i] as number] as number
    else starts.set(offsets.subarray(0, rows))
    starts[count] = offsets[rows] as number
    const isRoom = texts.code({ kind: 'texts', count, offsets: offsetsAt, bytes: bytesAt }, target)
    const codes = memory.ints(target, count)
    const numbers = chosen ? new Int32Array(rows).fill(-1) : codes.slice()
    if (chosen) for (let i = 0; i < count; i++) numbers[chosen[i] as number] = codes[i] as number
    memory.release(top)
    return isRoom ? { first, numbers, ...texts.from(first) } : null
  }
}

/** Returns a numbering in TypeScript, which defines what the kernel gives. */
export function twinNumbering(): Numbering {
  const texts = new TextCodes(TEXT_LIMIT)
  return ({ values, offsets = new Int32Array(1), bits }, rows) => {
    const bytes = values as Uint8Array
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const first = texts.size
    const numbers = new Int32Array(rows).fill(-1)
    for (let i = 0; i < rows; i++) {
      if (bits && !bitAt(bits, i)) continue
      const number = texts.codeOf(bytes, offsets[i] as number, offsets[i + 1] as number, view)
      if (number < 0) return null
      numbers[i] = number
    }
    return { first, numbers, ...texts.from(first) }
  }
}
