import type { Column } from '../pack/column.ts'
import { leafColumn, placeOf } from './levels.ts'
import type { Leaf } from './schema.ts'

/** Rows of a page at the most. */
const MOST_ROWS = 20_000
/** Bytes of its values at the most, if it has more than one row. */
const MOST_BYTES = 2 ** 20

/**
 * Cuts the rows from `from` to `to` into pages of a column. Where they end depends on the rows before them in the row group alone, so that the same
 * range gives the same bytes.
 */
export function pageRanges(columns: readonly Column[], leaf: Leaf, from: number, to: number): [from: number, to: number][] {
  const column = leafColumn(columns, leaf)
  const hasOffsets = leaf.width === 0 && (leaf.kind === 'string' || leaf.kind === 'json' || leaf.kind === 'bytes')
  const bytesUpTo = (row: number) => {
    const place = placeOf(columns, leaf, row)
    // Offsets of texts count too: short texts make many values.
    return hasOffsets ? (column.offsets[place] as number) + 4 * place : place * Math.max(1, leaf.width)
  }
  const ranges: [number, number][] = []
  for (let start = from; start < to; ) {
    const end = Math.min(to, start + MOST_ROWS)
    const limit = bytesUpTo(start) + MOST_BYTES
    const cut = bytesUpTo(end) <= limit ? end : lastWithin(start + 1, end, (row) => bytesUpTo(row) <= limit)
    ranges.push([start, cut])
    start = cut
  }
  return ranges
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
