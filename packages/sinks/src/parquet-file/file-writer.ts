import type { Field } from '@tickets/core'
import type { Kernels } from '../kernels/kernels.ts'
import type { Table } from '../pack/column.ts'
import { type Chunk, type ChunkSettings, ChunkWriter } from './chunk.ts'
import { type Coding, codingOfFile, rowGroups } from './coding.ts'
import { fileFooter, type PlacedBytes, type RowGroup } from './footer.ts'
import { columnIndex, offsetIndex } from './page-index.ts'
import { type Leaf, leavesOf } from './schema.ts'

/** How a file is written. */
export interface FileSettings extends ChunkSettings {
  readonly rowGroupRows: number
}

type Bytes = Uint8Array<ArrayBuffer>

const MAGIC = 'PAR1'
/** Parts of fewer bytes cost more to hand over and to write than to copy. */
const SMALL = 65_536

/** The parts of a file in their order, and where the next one begins. */
class FileParts {
  readonly #parts: Bytes[] = []
  #length = 0

  get length(): number {
    return this.#length
  }

  add(part: Bytes): PlacedBytes {
    const at = this.#length
    this.#parts.push(part)
    this.#length += part.length
    return { at, length: part.length }
  }

  /** Returns the same bytes in fewer parts: small ones that follow each other as one, large ones without a copy. */
  merged(): Bytes[] {
    const merged: Bytes[] = []
    let small: Bytes[] = []
    const mergeSmall = () => {
      if (small.length > 0) merged.push(joined(small))
      small = []
    }
    for (const part of this.#parts) {
      if (part.length < SMALL) small.push(part)
      else {
        mergeSmall()
        merged.push(part)
      }
    }
    mergeSmall()
    return merged
  }
}

/** A row group whose rows are all there. */
interface WrittenGroup {
  readonly rows: number
  readonly chunks: readonly Chunk[]
}

/**
 * Writes a Parquet file from tables as they come. Its bytes depend on the rows, the settings and the key-values alone: not on how the rows came, nor on
 * how the kernels run.
 *
 * Each column is encoded page by page, and only compressed pages are kept, outside of the kernels' memory. So the files that a thread writes at one time
 * share its kernels, and one that is given up is simply forgotten. Files for readers that know few encodings are the exception: how their texts are
 * encoded depends on all rows, which are kept to the end.
 */
export class FileWriter {
  readonly #kernels: Kernels
  readonly #fields: readonly Field[]
  readonly #settings: FileSettings
  readonly #leaves: readonly Leaf[]
  #codings: readonly Coding[] = []
  #kept: Table[] = []
  readonly #groups: WrittenGroup[] = []
  /** Of the row group that is not full yet. */
  #chunks: readonly ChunkWriter[] = []
  #filled = 0
  #rows = 0
  /** Tables that are still read, each with the row where it ends. */
  #used: { readonly end: number; readonly free: () => void }[] = []

  constructor(kernels: Kernels, fields: readonly Field[], settings: FileSettings) {
    this.#kernels = kernels
    this.#fields = fields
    this.#settings = settings
    this.#leaves = leavesOf(fields)
  }

  /** Rows that were added. */
  get rows(): number {
    return this.#rows
  }

  /** Adds the rows of a table, which may not change until they are encoded: then `free` is called, now or by a later call. */
  add(table: Table, free: () => void = () => {}): void {
    this.#rows += table.rows
    this.#used.push({ end: this.#rows, free })
    if (this.#settings.plain) this.#kept.push(table)
    else this.#write([table])
    this.#freeUsed()
  }

  /** Returns the parts of the file, which follow each other. */
  finish(keyValues: readonly (readonly [string, string])[]): Bytes[] {
    const { plain, rowGroupRows, compression } = this.#settings
    if (plain) this.#codings = this.#leaves.map((leaf) => codingOfFile(this.#kernels, this.#kept, leaf, rowGroupRows))
    this.#write(this.#kept)
    if (this.#filled > 0) this.#endGroup()
    this.#kept = []
    this.#freeUsed()
    const file = new FileParts()
    file.add(bytesOf(MAGIC))
    const placed = placeIndexes(file, placePages(file, this.#groups))
    const { length } = file.add(fileFooter(this.#fields, placed, compression, keyValues))
    const size = new Uint8Array(4)
    new DataView(size.buffer).setUint32(0, length, true)
    file.add(size)
    file.add(bytesOf(MAGIC))
    return file.merged()
  }

  #write(tables: readonly Table[]): void {
    for (const { table, from, to, isLast } of rowGroups(tables, this.#settings.rowGroupRows, this.#filled)) {
      if (this.#filled === 0) this.#chunks = this.#leaves.map((leaf, i) => new ChunkWriter(this.#kernels, leaf, this.#settings, this.#codings[i]))
      for (const chunk of this.#chunks) chunk.add(table.columns, from, to)
      this.#filled += to - from
      if (isLast) this.#endGroup()
    }
  }

  #endGroup(): void {
    this.#groups.push({ rows: this.#filled, chunks: this.#chunks.map((chunk) => chunk.finish()) })
    this.#chunks = []
    this.#filled = 0
  }

  /** Frees the tables of which no column reads a row any more. */
  #freeUsed(): void {
    if (this.#kept.length > 0) return
    const read = this.#rows - this.#chunks.reduce((most, { waiting }) => Math.max(most, waiting), 0)
    for (const { end, free } of this.#used) if (end <= read) free()
    this.#used = this.#used.filter(({ end }) => end > read)
  }
}

function joined(parts: readonly Bytes[]): Bytes {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

const bytesOf = (text: string): Bytes => new TextEncoder().encode(text)

/** Adds the pages of all row groups; returns where each chunk begins. */
function placePages(file: FileParts, groups: readonly WrittenGroup[]) {
  return groups.map(({ rows, chunks }) => ({
    rows,
    chunks: chunks.map((chunk) => {
      const at = file.length
      if (chunk.dictionary) file.add(chunk.dictionary.bytes)
      for (const { bytes } of chunk.pages) file.add(bytes)
      return { chunk, at }
    }),
  }))
}

/** Adds what readers find pages by: of each row group the extremes, then the places. */
function placeIndexes(file: FileParts, groups: ReturnType<typeof placePages>): RowGroup[] {
  return groups.map(({ rows, chunks }) => {
    const indexed = chunks.map(({ chunk, at }) => {
      const index = columnIndex(chunk)
      return { chunk, at, columnIndex: index && file.add(index) }
    })
    return { rows, chunks: indexed.map((one) => ({ ...one, offsetIndex: file.add(offsetIndex(one.chunk, one.at)) })) }
  })
}
