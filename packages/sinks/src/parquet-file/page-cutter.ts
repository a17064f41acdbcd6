import type { Column } from '../pack/column.ts'
import { leafColumn, placeOf } from './levels.ts'
import type { Leaf } from './schema.ts'

/** Rows of a page at the most. */
const MOST_ROWS = 20_000
/** Bytes of its values at the most, if it has more than one row. */
const MOST_BYTES = 2 ** 20

/**
 * Cuts the rows of a column chunk into pages as they come. Where a page ends depends on the rows before it in the chunk alone, and not on how they
 * came, so that the same range gives the same bytes.
 */
export class PageCutter {
  readonly #leaf: Leaf
  /** Of the current page. */
  #rows = 0
  #bytes = 0

  constructor(leaf: Leaf) {
    this.#leaf = leaf
  }

  /**
   * Adds the rows of a table from `from` to `to`, as many as the current page takes. Returns where it stopped, and whether the page ends there; then the
   * next call begins a page.
   */
  take(columns: readonly Column[], from: number, to: number): { readonly end: number; readonly isFull: boolean } {
    const bytesUpTo = bytesIn(columns, this.#leaf)
    const start = bytesUpTo(from)
    const limit = start + MOST_BYTES - this.#bytes
    const most = Math.min(to, from + MOST_ROWS - this.#rows)
    const least = this.#rows === 0 ? from + 1 : from
    const end = bytesUpTo(most) <= limit ? most : lastWithin(least, most, (row) => bytesUpTo(row) <= limit)
    const isFull = end < to || this.#rows + end - from === MOST_ROWS
    this.#rows = isFull ? 0 : this.#rows + end - from
    this.#bytes = isFull ? 0 : this.#bytes + bytesUpTo(end) - start
    return { end, isFull }
  }
}

/** Returns a function that counts the bytes of a column before a row. */
function bytesIn(columns: readonly Column[], leaf: Leaf): (row: number) => number {
  const column = leafColumn(columns, leaf)
  const hasOffsets = leaf.width === 0 && (leaf.kind === 'string' || leaf.kind === 'json' || leaf.kind === 'bytes')
  return (row) => {
    const place = placeOf(columns, leaf, row)
    // Offsets of texts count too: short texts make many values.
    return hasOffsets ? (column.offsets[place] as number) + 4 * place : place * Math.max(1, leaf.width)
  }
}

/** Returns the last number of a range for which a test holds that holds up to some number; the first one where it holds for none. */
function lastWithin(first: number, last: number, holds: (number: number) => boolean): number {
  let [low, high] = [first, last]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (holds(middle)) low = middle
    else high = middle - 1
  }
  return low
}
