import { isTicketsError, messageOf, type Schema, type Storage, TicketsError } from '@tickets/core'
import type { TableKey } from '../keyed/table-key.ts'
import { withoutRows } from '../lake/formats/without-rows.ts'
import { type KeyedFile, RangeKeys, type Superseded } from '../upserts/range-keys.ts'
import { type Action, type Add, nameOf, removing, toPath } from './actions.ts'
import { createDataFile } from './create-file.ts'
import { keyConstants, mayHold } from './key-statistics.ts'
import { statisticsOf } from './statistics.ts'
import type { TableState } from './table-state.ts'

/** A range that replaces and deletes rows of a table by their keys. */
export interface UpsertPlace {
  readonly storage: Storage
  readonly key: TableKey
  readonly schema: Schema<unknown>
  /** The files of the range, which are published and not in the table. */
  readonly range: readonly Add[]
}

/** A file without some of its rows; null where none stayed. */
type Left = Add | null

/**
 * Finds what a range does to a table, and writes the files anew that lose rows (docs/internals/protocol.md#6.8). It is asked again at each try of a commit:
 * what it has found and written of files that did not change stays.
 */
export class Upsert {
  readonly #place: UpsertPlace
  #keys: RangeKeys | null = null
  /** What the range does to files of the table, by their paths. A file never changes under its path. */
  readonly #found = new Map<string, Superseded>()
  /** Files without the rows that go, by path and rows. */
  readonly #rewritten = new Map<string, Left>()

  constructor(place: UpsertPlace) {
    this.#place = place
  }

  /** Whether files were written that a commit may not name. */
  get hasWritten(): boolean {
    return [...this.#rewritten.values()].some((left) => left !== null)
  }

  /** Returns what the range does to the table as it is: the files that go, those in their place, and those of the range. */
  async changes(state: TableState, now: number): Promise<Action[]> {
    const { key, range } = this.#place
    if (range.length === 0) return []
    const keyed = (add: Add): KeyedFile => ({ read: () => this.#read(add), constants: keyConstants(add, key) })
    this.#keys ??= await this.#reading(range[0] as Add, () => RangeKeys.read(key, range.map(keyed)))
    const keys = this.#keys
    const found: Superseded[] = []
    const changes: Action[] = []
    for (const add of state.files.values()) {
      if (!mayHold(add, key, keys)) continue
      const known = this.#found.get(add.path) ?? (await this.#reading(add, () => keys.superseded(keyed(add))))
      this.#found.set(add.path, known)
      found.push(known)
      if (known.rows.length === 0) continue
      const left = await this.#without(add, known, now)
      changes.push(removing(add, now, true), ...(left ? [{ add: { ...left, modificationTime: now } }] : []))
    }
    for (const [i, dropped] of keys.dropped(found).entries()) {
      const add = range[i] as Add
      const left = dropped.rows.length === 0 ? add : await this.#without(add, dropped, now)
      if (left) changes.push({ add: { ...left, modificationTime: now } })
    }
    return changes
  }

  /** Removes what was written for tries that another commit came before. No version of the table names it. */
  async removeUnused({ files, removed }: TableState): Promise<void> {
    const written = [...this.#rewritten.values()].filter((left) => left !== null)
    const unused = written.filter(({ path }) => !files.has(path) && !removed.has(path))
    if (unused.length > 0) await this.#place.storage.remove(unused.map(nameOf))
  }

  async #without(add: Add, { rows, length }: Pick<Superseded, 'rows' | 'length'>, now: number): Promise<Left> {
    const id = `${add.path} ${rows.join()}`
    const known = this.#rewritten.get(id)
    if (known !== undefined) return known
    const left = rows.length === length ? null : await this.#rewrite(add, rows, length, now)
    this.#rewritten.set(id, left)
    return left
  }

  async #rewrite(add: Add, dropped: Int32Array, length: number, now: number): Promise<Add> {
    const { storage, schema } = this.#place
    const bytes = await this.#read(add)
    const { parts, rows } = await this.#reading(add, () => withoutRows(bytes, dropped))
    if (rows !== length - dropped.length)
      throw new TicketsError(
        'ENCODER_FAILED',
        `rewriting ${add.path} of ${storage.location} gave ${rows} rows instead of ${length - dropped.length}: nothing was changed`,
      )
    const folder = nameOf(add).split('/').slice(0, -1)
    const name = [...folder, `rewritten-${globalThis.crypto.randomUUID()}.parquet`].join('/')
    const stats = await statisticsOf(parts, schema.fields)
    await createDataFile(storage, name, parts)
    const size = parts.reduce((sum, part) => sum + part.byteLength, 0)
    return { path: toPath(name), partitionValues: add.partitionValues, size, modificationTime: now, dataChange: true, stats }
  }

  async #read(add: Add): Promise<Uint8Array> {
    const { storage } = this.#place
    const bytes = await storage.read(nameOf(add))
    if (bytes) return bytes
    throw new TicketsError(
      'SINK_FAILED',
      `${add.path} of the Delta table ${storage.location} was removed while a range was committed: run again. If it stays away, restore it from a backup`,
      { retryable: true },
    )
  }

  /** Runs what reads a file that anybody may have written. */
  async #reading<R>(add: Add, read: () => Promise<R>): Promise<R> {
    try {
      return await read()
    } catch (error) {
      if (isTicketsError(error) && error.code !== 'SCHEMA_MISMATCH') throw error
      const { location } = this.#place.storage
      throw new TicketsError(
        'DELTA_CONFLICT',
        `${add.path} of the Delta table ${location} cannot be read or rewritten for the rows that a range replaces (${messageOf(error)}). The range is recorded, and its files stand in ${location}. Rewrite that file with the writer that made it, and run again`,
        { cause: error },
      )
    }
  }
}
