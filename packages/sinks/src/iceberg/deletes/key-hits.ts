import type { KeyedFile, RangeKeys, Superseded } from '../../keyed/range-keys.ts'

/** The rows of a data file that have keys of a range, whether the table has deleted them already or not: what stays true while the file has its address. */
export interface KeyHits {
  /** The positions of rows that the range replaces or deletes, ascending. */
  readonly rows: Int32Array
  /** The rows of a higher revision than that of the range, with their keys. */
  readonly newer: readonly { readonly row: number; readonly key: string }[]
}

/** Reads the rows of a data file that have keys of a range. */
export async function keyHits(keys: RangeKeys, file: Omit<KeyedFile, 'isDeleted'>): Promise<KeyHits> {
  const hits: number[] = []
  const isDeleted = (row: number) => {
    hits.push(row)
    return false
  }
  const { rows, newer } = await keys.superseded({ ...file, isDeleted })
  // Each row with a key of the range was asked for, in order: those that are not replaced are the newer ones.
  const replaced = new Set(rows)
  const others = hits.filter((row) => !replaced.has(row))
  return { rows, newer: newer.map((key, i) => ({ key, row: others[i] as number })) }
}

const NONE: ReadonlySet<number> = new Set()

/** Returns what a range does to a data file of which a table has deleted some rows. */
export function hitsLeft({ rows, newer }: KeyHits, deleted = NONE): Pick<Superseded, 'rows' | 'newer'> {
  return { rows: rows.filter((row) => !deleted.has(row)), newer: newer.filter(({ row }) => !deleted.has(row)).map(({ key }) => key) }
}
