import type { Chunk } from './chunk.ts'
import { type Compare, compareFor, type Extremes, shortened } from './extremes.ts'
import type { DataPage } from './page.ts'
import { ThriftWriter } from './thrift.ts'

/** How the pages of a column are ordered, by Parquet's numbers. */
const orders = { unordered: 0, ascending: 1, descending: 2 } as const

/** Returns where the pages of a chunk are, which begins at `at`. */
export function offsetIndex({ dictionary, pages }: Chunk, at: number): Uint8Array<ArrayBuffer> {
  let offset = at + (dictionary?.bytes.length ?? 0)
  let row = 0
  const places = pages.map(({ bytes, rows }) => {
    const place = { offset, size: bytes.length, row }
    offset += bytes.length
    row += rows
    return place
  })
  return new ThriftWriter().structs(1, places, (page, place) => void page.i64(1, place.offset).i32(2, place.size).i64(3, place.row)).end()
}

/** Returns the extremes of each page of a chunk; null where a page has values that have none, such as NaN alone. */
export function columnIndex({ leaf, pages }: Chunk): Uint8Array<ArrayBuffer> | null {
  if (pages.some(({ extremes, count, nulls }) => !extremes && count > nulls)) return null
  const short = pages.map(({ extremes }) => extremes && shortened(extremes, leaf))
  const empty = new Uint8Array()
  return new ThriftWriter()
    .bools(1, pages.map(isNull))
    .binaries(
      2,
      short.map((extremes) => extremes?.least ?? empty),
    )
    .binaries(
      3,
      short.map((extremes) => extremes?.greatest ?? empty),
    )
    .i32(4, orderOf(short, compareFor(leaf)))
    .i64s(
      5,
      pages.map(({ nulls }) => nulls),
    )
    .end()
}

const isNull = ({ extremes }: DataPage) => extremes === null

/** Returns how both extremes move from page to page, those without values left out. */
function orderOf(pages: readonly (Extremes | null)[], compare: Compare): number {
  const known = pages.filter((extremes) => extremes !== null)
  const moves = (wrong: (order: number) => boolean) =>
    known.every((extremes, i) => {
      const before = known[i - 1]
      return !before || !(wrong(compare(before.least, extremes.least)) || wrong(compare(before.greatest, extremes.greatest)))
    })
  if (moves((order) => order > 0)) return orders.ascending
  return moves((order) => order < 0) ? orders.descending : orders.unordered
}
