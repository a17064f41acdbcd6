import { compareTexts, sortTexts } from '@tickets/core'
import type { LiveFile } from '../manifest/live-files.ts'
import { DELETE_COLUMNS, readPositionDeletes } from './position-deletes.ts'

/** Reads files of a table by their addresses. */
export type ReadFile = (address: string) => Promise<Uint8Array>

/** Position deletes of one file, by the addresses of data files. */
type Deletes = ReadonlyMap<string, readonly number[]>

const text = (bytes: Uint8Array | undefined) => (bytes ? Buffer.from(bytes).toString() : undefined)

/** Returns whether a delete file may name one of some data files, by the least and the greatest of their addresses. */
function mayName({ lower, upper }: LiveFile, least: string, greatest: string): boolean {
  const [from, to] = [text(lower.get(DELETE_COLUMNS.path)), text(upper.get(DELETE_COLUMNS.path))]
  return (from === undefined || compareTexts(from, greatest) <= 0) && (to === undefined || compareTexts(least, to) <= 0)
}

/** Knows which rows of data files are deleted already. Each delete file is read once while the table has it. */
export class DeletedRows {
  #known = new Map<string, Deletes>()

  /** Returns the positions that the delete files of a table delete from data files. A delete file applies to data that is not newer. */
  async of(files: readonly LiveFile[], deleteFiles: readonly LiveFile[], read: ReadFile): Promise<ReadonlyMap<LiveFile, ReadonlySet<number>>> {
    const known = this.#known
    this.#known = new Map(deleteFiles.flatMap(({ address }) => (known.has(address) ? [[address, known.get(address) as Deletes]] : [])))
    const addresses = sortTexts(files.map(({ address }) => address))
    const [least = '', greatest = ''] = [addresses[0], addresses.at(-1)]
    const byAddress = new Map(files.map((file) => [file.address, file]))
    const found = new Map<LiveFile, Set<number>>()
    for (const deletes of files.length === 0 ? [] : deleteFiles) {
      if (!mayName(deletes, least, greatest)) continue
      for (const [address, rows] of await this.#deletes(deletes, read)) {
        const file = byAddress.get(address)
        if (!file || deletes.sequence < file.sequence) continue
        const all = found.get(file) ?? new Set()
        for (const row of rows) all.add(row)
        found.set(file, all)
      }
    }
    return found
  }

  async #deletes({ address }: LiveFile, read: ReadFile): Promise<Deletes> {
    const known = this.#known.get(address) ?? (await readPositionDeletes(await read(address)))
    this.#known.set(address, known)
    return known
  }
}
