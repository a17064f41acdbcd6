import type { Comparable, Comparables } from '@tickets/core/arrow'
import { type Constants, comparableIn, keyReader } from '../keyed/row-keys.ts'
import type { TableKey } from '../keyed/table-key.ts'
import { readKeys } from '../lake/formats/parquet.ts'
import { Bounds } from './bounds.ts'

/** A Parquet file whose rows have keys, of a range or of a table. */
export interface KeyedFile {
  read(): Promise<Uint8Array>
  /** The values of columns that stand in its path alone; of such a column nothing is read from the file. */
  readonly constants?: Constants
}

/** What a range does to one file of a table. */
export interface Superseded {
  /** The positions of rows that the range replaces or deletes, ascending. */
  readonly rows: Int32Array
  /** How many rows the file has. */
  readonly length: number
  /** The rows of a higher revision than that of the range, with their keys. */
  readonly newer: readonly { readonly row: number; readonly key: string }[]
}

/** Returns the same for a table that has deleted some rows of the file already. */
export const withoutDeleted = ({ rows, length, newer }: Superseded, deleted: ReadonlySet<number>): Superseded => ({
  rows: rows.filter((row) => !deleted.has(row)),
  length,
  newer: newer.filter(({ row }) => !deleted.has(row)),
})

/** The row of a range that stays of its key. */
interface Newest {
  readonly file: number
  readonly row: number
  readonly revision: number
  readonly isDelete: boolean
}

/** Rows of a file that are read together, from position `from` on. */
interface Some {
  readonly from: number
  readonly length: number
  key(i: number): string
  revision(i: number): number
}

/**
 * Holds the keys of a range, and finds the rows that it replaces: within the range the later row of a key stays, or that of the highest revision, and against
 * the table that of the range, unless the table's has a higher revision (docs/internals/protocol.md#6.8). Of files only key columns are read, one at a time.
 */
export class RangeKeys {
  readonly #key: TableKey
  readonly #columns: readonly string[]
  readonly #newest = new Map<string, Newest>()
  readonly #bounds: ReadonlyMap<string, Bounds>
  /** The number of rows in each file of the range. */
  readonly #lengths: number[] = []

  private constructor(key: TableKey) {
    this.#key = key
    this.#columns = key.columns.map(({ name }) => name)
    // The texts of decimals are not in the order of their values.
    this.#bounds = new Map(key.columns.map(({ name, kind }) => [name, new Bounds(kind !== 'decimal' && kind !== 'boolean')]))
  }

  /** Reads the keys of a range from its files, in the order of its rows. */
  static async read(key: TableKey, files: readonly KeyedFile[]): Promise<RangeKeys> {
    const range = new RangeKeys(key)
    for (const file of files) await range.#add(file)
    return range
  }

  /** Returns between which values the keys of the range have a column. */
  bounds(column: string): Bounds | undefined {
    return this.#bounds.get(column)
  }

  /** Finds the rows of a table's file that the range replaces or deletes. It asks the file alone, so the answer stays true while the file is unchanged. */
  async superseded(file: KeyedFile): Promise<Superseded> {
    const rows: number[] = []
    const newer: { row: number; key: string }[] = []
    let length = 0
    for await (const some of this.#rowsOf(file)) {
      length += some.length
      for (let i = 0; i < some.length; i++) {
        const key = some.key(i)
        const own = this.#newest.get(key)
        const row = some.from + i
        if (!own) continue
        if (some.revision(i) > own.revision) newer.push({ row, key })
        else rows.push(row)
      }
    }
    return { rows: Int32Array.from(rows), length, newer }
  }

  /** Returns the rows of each file of the range that are not part of the table: deletes, replaced rows, and those of which the table has newer ones. */
  dropped(found: Iterable<Pick<Superseded, 'newer'>>): readonly Pick<Superseded, 'rows' | 'length'>[] {
    const newer = new Set<string>()
    for (const { newer: some } of found) for (const { key } of some) newer.add(key)
    const kept = this.#lengths.map((length) => new Uint8Array(length))
    for (const [key, { file, row, isDelete }] of this.#newest) if (!isDelete && !newer.has(key)) (kept[file] as Uint8Array)[row] = 1
    return kept.map((rows) => ({ rows: Int32Array.from(positionsOf(rows)), length: rows.length }))
  }

  async #add(file: KeyedFile): Promise<void> {
    const { deleteWhen } = this.#key
    const at = this.#lengths.push(0) - 1
    for await (const { rows, ...some } of this.#rowsOf(file, deleteWhen === null ? [] : [deleteWhen])) {
      const isDelete = deleteWhen === null ? () => false : comparableIn(rows, deleteWhen, file.constants)
      const parts = this.#columns.map((name) => ({ read: comparableIn(rows, name, file.constants), bounds: this.#bounds.get(name) as Bounds }))
      for (let i = 0; i < some.length; i++) {
        const [key, revision] = [some.key(i), some.revision(i)]
        for (const { read, bounds } of parts) bounds.add(read(i))
        if (revision >= (this.#newest.get(key)?.revision ?? Number.NEGATIVE_INFINITY))
          this.#newest.set(key, { file: at, row: some.from + i, revision, isDelete: isDelete(i) === true })
      }
      this.#lengths[at] = some.from + some.length
    }
  }

  async *#rowsOf(file: KeyedFile, more: readonly string[] = []): AsyncGenerator<Some & { readonly rows: Comparables }> {
    const { revision } = this.#key
    const columns = this.#columns
    const wanted = [...columns, ...(revision === null ? [] : [revision]), ...more].filter((name) => !file.constants?.has(name))
    let from = 0
    for await (const rows of readKeys(await file.read(), wanted)) {
      const revisions = revision === null ? () => 0 : comparableIn(rows, revision, file.constants)
      const number = (value: Comparable) => Number(value ?? 0)
      yield { rows, from, length: rows.length, key: keyReader(rows, columns, file.constants), revision: (i) => number(revisions(i)) }
      from += rows.length
    }
  }
}

function* positionsOf(kept: Uint8Array): Generator<number> {
  for (let row = 0; row < kept.length; row++) if (kept[row] === 0) yield row
}
