import type { Kernels } from '../kernels/kernels.ts'
import type { Table } from '../pack/column.ts'
import { type ChunkSettings, writeChunk } from './chunk.ts'
import { codingOfFile, type RowRange } from './coding.ts'
import { fileFooter, type PlacedBytes, type RowGroup } from './footer.ts'
import { columnIndex, offsetIndex } from './page-index.ts'
import { leavesOf } from './schema.ts'

/** How a file is written. */
export interface FileSettings extends ChunkSettings {
  readonly rowGroupRows: number
}

const MAGIC = new TextEncoder().encode('PAR1')

/** The parts of a file in their order, and where the next one begins. */
class FileParts {
  #length = 0
  readonly #parts: Uint8Array[] = []

  get length(): number {
    return this.#length
  }

  add(part: Uint8Array): PlacedBytes {
    const at = this.#length
    this.#parts.push(part)
    this.#length += part.length
    return { at, length: part.length }
  }

  joined(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.#length)
    let at = 0
    for (const part of this.#parts) {
      all.set(part, at)
      at += part.length
    }
    return all
  }
}

/** Returns the rows of each row group. */
const rowRanges = (rows: number, most: number): RowRange[] =>
  Array.from({ length: Math.ceil(rows / most) }, (_, i) => [i * most, Math.min(rows, (i + 1) * most)])

/**
 * Returns the bytes of a Parquet file. They depend on the rows, the settings and `keyValues` alone, and not on how the kernels run.
 *
 * One column chunk is encoded at a time, page by page, and only compressed pages are kept.
 */
export function writeFile(
  kernels: Kernels,
  { fields, columns, rows }: Table,
  settings: FileSettings,
  keyValues: readonly (readonly [string, string])[],
): Uint8Array<ArrayBuffer> {
  const file = new FileParts()
  file.add(MAGIC)
  const ranges = rowRanges(rows, settings.rowGroupRows)
  const leaves = leavesOf(fields).map((leaf) => ({ leaf, coding: settings.plain ? codingOfFile(kernels, columns, leaf, ranges) : 'choose' }) as const)
  const groups = ranges.map((range) =>
    leaves.map(({ leaf, coding }) => {
      const chunk = writeChunk(kernels, columns, leaf, range, settings, coding)
      const at = file.length
      for (const page of chunk.dictionary ? [chunk.dictionary, ...chunk.pages] : chunk.pages) for (const part of page.parts) file.add(part)
      return { chunk, at }
    }),
  )
  const placed = groups.map((chunks, g): RowGroup => {
    const indexed = chunks.map(({ chunk, at }) => {
      const index = columnIndex(chunk)
      return { chunk, at, columnIndex: index && file.add(index) }
    })
    const [from, to] = ranges[g] as RowRange
    return { rows: to - from, chunks: indexed.map((one) => ({ ...one, offsetIndex: file.add(offsetIndex(one.chunk, one.at)) })) }
  })
  const { length } = file.add(fileFooter(fields, placed, settings.compression, keyValues))
  const size = new Uint8Array(4)
  new DataView(size.buffer).setUint32(0, length, true)
  file.add(size)
  file.add(MAGIC)
  return file.joined()
}
