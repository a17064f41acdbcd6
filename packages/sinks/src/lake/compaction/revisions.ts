import { comparablesOf } from '@tickets/core/arrow'
import { comparableIn, keyReader } from '../../keyed/row-keys.ts'
import type { Keep, Opened, Rows } from '../formats/format.ts'

const REVISION = 'revision'

/** Returns whether a file holds window results that later results of the same key replace (docs/internals/protocol.md#7.2). */
export const isRevised = ({ footer, fields, batches }: Opened): boolean =>
  batches !== undefined && (footer?.keys.length ?? 0) > 0 && fields.some(({ name, kind }) => name === REVISION && kind === 'int32')

/** Returns the key columns of a file's results. Keys in the path are left out, since all files of a folder share them. */
export const keyColumns = ({ footer, fields }: Opened): string[] =>
  (footer?.keys ?? []).filter((key) => key !== REVISION && fields.some(({ name }) => name === key))

/** Reads key and revision of row `i`. */
function readersOf(batch: Rows, keys: readonly string[]): { key(i: number): string; revision(i: number): number } {
  const rows = comparablesOf(batch)
  const revision = comparableIn(rows, REVISION)
  return { key: keyReader(rows, keys), revision: (i) => Number(revision(i)) }
}

/** Holds the highest revision of each key that has one above 0. Nearly all keys have revision 0 only, which needs no memory. */
export class Revisions {
  readonly #highest = new Map<string, number>()

  /** Adds the revisions in a file. */
  async add(file: Opened): Promise<void> {
    const keys = keyColumns(file)
    for await (const batch of file.batches?.([...keys, REVISION]) ?? []) {
      const { key, revision } = readersOf(batch, keys)
      for (let i = 0; i < batch.length; i++) {
        const own = revision(i)
        if (own === 0) continue
        const text = key(i)
        this.#highest.set(text, Math.max(own, this.#highest.get(text) ?? 0))
      }
    }
  }

  /** Returns how many rows of a file a higher revision has replaced. */
  async superseded(file: Opened): Promise<number> {
    if (this.#highest.size === 0) return 0
    const keys = keyColumns(file)
    const keep = this.keep(keys)
    let rows = 0
    for await (const batch of file.batches?.([...keys, REVISION]) ?? []) rows += batch.length - (keep(batch)?.length ?? batch.length)
    return rows
  }

  /** Returns a function that selects the rows that no higher revision has replaced. */
  keep(keys: readonly string[]): Keep {
    return (batch) => {
      const { key, revision } = readersOf(batch, keys)
      const rows = new Int32Array(batch.length)
      let kept = 0
      for (let i = 0; i < batch.length; i++) if (revision(i) >= (this.#highest.get(key(i)) ?? 0)) rows[kept++] = i
      return kept === batch.length ? null : rows.subarray(0, kept)
    }
  }
}
