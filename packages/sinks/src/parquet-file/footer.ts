import type { Field } from '@tickets/core'
import type { Chunk } from './chunk.ts'
import { type Codec, codecs } from './compressor.ts'
import { encodings } from './encodings.ts'
import { compareFor, type Extremes, joinExtremes, shortened } from './extremes.ts'
import { leavesOf, writeSchema } from './schema.ts'
import { ThriftWriter } from './thrift.ts'

/** A column of a row group, and where in the file it is. */
export interface PlacedChunk {
  readonly chunk: Chunk
  /** Of its dictionary, or of its first page where it has none. */
  readonly at: number
  readonly columnIndex: PlacedBytes | null
  readonly offsetIndex: PlacedBytes
}

/** Where some bytes are in the file. */
export interface PlacedBytes {
  readonly at: number
  readonly length: number
}

export interface RowGroup {
  readonly rows: number
  readonly chunks: readonly PlacedChunk[]
}

/** How readers know the writer; the number changes when a fault was fixed that readers have to work around. */
const CREATED_BY = 'tickets version 1.0.0 (build 1)'
const VERSION = 1

const sumOf = <T>(items: readonly T[], number: (item: T) => number) => items.reduce((sum, item) => sum + number(item), 0)

/** Returns the pages of a chunk, that of the dictionary too. */
const pagesOf = ({ dictionary, pages }: Chunk) => (dictionary ? [dictionary, ...pages] : pages)

/** Returns the bytes of a chunk in the file. */
const sizeOf = (chunk: Chunk): number => sumOf(pagesOf(chunk), ({ bytes }) => bytes.length)

/** Returns the footer of a file without its length. */
export function fileFooter(
  fields: readonly Field[],
  groups: readonly RowGroup[],
  compression: Codec,
  keyValues: readonly (readonly [string, string])[],
): Uint8Array<ArrayBuffer> {
  const thrift = new ThriftWriter().i32(1, VERSION)
  writeSchema(thrift, 2, fields)
  return thrift
    .i64(
      3,
      sumOf(groups, ({ rows }) => rows),
    )
    .structs(4, groups, (group, { rows, chunks }, ordinal) => {
      group
        .structs(1, chunks, (column, placed) => writeColumn(column, placed, compression))
        .i64(
          2,
          sumOf(chunks, ({ chunk }) => sumOf(pagesOf(chunk), ({ rawSize }) => rawSize)),
        )
        .i64(3, rows)
        .i64(5, chunks[0]?.at ?? 0)
        .i64(
          6,
          sumOf(chunks, ({ chunk }) => sizeOf(chunk)),
        )
      // Sixteen bits: with more row groups than it can number, none is numbered.
      if (groups.length < 2 ** 15) group.i16(7, ordinal)
    })
    .structs(5, keyValues, (pair, [key, value]) => void pair.binary(1, key).binary(2, value))
    .binary(6, CREATED_BY)
    .structs(7, leavesOf(fields), (order) => void order.struct(1, () => {}))
    .end()
}

function writeColumn(column: ThriftWriter, { chunk, at, columnIndex, offsetIndex }: PlacedChunk, compression: Codec): void {
  const { leaf, dictionary, pages } = chunk
  const used = new Set<number>(pages.map(({ encoding }) => encoding))
  // Levels are RLE, and a dictionary's entries PLAIN.
  const named = [...(dictionary ? [encodings.plain] : []), encodings.rle, ...used]
  column
    .i64(2, 0)
    .struct(3, (meta) => {
      meta
        .i32(1, leaf.physical)
        .i32s(
          2,
          [...new Set(named)].sort((a, b) => a - b),
        )
        .binaries(3, leaf.path)
        .i32(4, codecs[compression])
        .i64(
          5,
          sumOf(pages, ({ count }) => count),
        )
        .i64(
          6,
          sumOf(pagesOf(chunk), ({ rawSize }) => rawSize),
        )
        .i64(7, sizeOf(chunk))
        .i64(9, at + (dictionary?.bytes.length ?? 0))
      if (dictionary) meta.i64(11, at)
      meta.struct(12, (statistics) => writeStatistics(statistics, chunk))
    })
    .i64(4, offsetIndex.at)
    .i32(5, offsetIndex.length)
  if (columnIndex) column.i64(6, columnIndex.at).i32(7, columnIndex.length)
}

function writeStatistics(statistics: ThriftWriter, { leaf, pages }: Chunk): void {
  const compare = compareFor(leaf)
  const all = pages.reduce<Extremes | null>((joined, { extremes }) => joinExtremes(joined, extremes, compare), null)
  statistics.i64(
    3,
    sumOf(pages, ({ nulls }) => nulls),
  )
  if (!all) return
  const { least, greatest } = shortened(all, leaf)
  statistics
    .binary(5, greatest)
    .binary(6, least)
    .bool(7, greatest === all.greatest)
    .bool(8, least === all.least)
}
