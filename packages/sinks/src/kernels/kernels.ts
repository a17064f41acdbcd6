import type { DictionaryKernels } from '@tickets/core/kernels'

/**
 * The kernels of the Parquet writer, compiled or in plain TypeScript with the same results. Each works on `memory`: numbers named `source`, `values`,
 * `offsets`, `bytes`, `rows`, `codes`, `target` … are addresses there. Texts are `count + 1` offsets of 32 bits into `bytes`.
 */
export interface Kernels extends DictionaryKernels {
  /** Compresses as snappy; `table` is 32 KiB of scratch. Returns the compressed length, at most `snappyBound` of it. */
  snappy(source: number, length: number, table: number, target: number): number
  /** Writes a valid snappy stream that repeats nothing, for bytes that do not compress. Returns its length. */
  stored(source: number, length: number, target: number): number
  /** Encodes codes of 32 bits, each below 2^`width`, in Parquet's RLE / bit-packing hybrid. Returns the encoded length. */
  hybrid(codes: number, count: number, width: number, target: number): number
  /** Encodes 64-bit integers as DELTA_BINARY_PACKED; `scratch` is 1 KiB. Returns the encoded length. */
  delta64(values: number, count: number, scratch: number, target: number): number
  /** The same for 32-bit integers. */
  delta32(values: number, count: number, scratch: number, target: number): number
  /** Writes the length of each text as a 32-bit integer. */
  textLengths(offsets: number, count: number, target: number): void
  /** Writes texts as PLAIN, each with its length before it. Returns the written length. */
  plainTexts(offsets: number, bytes: number, count: number, target: number): number
  /** Copies the texts of some rows end to end, with offsets from 0. Returns their bytes. */
  takeTexts(offsets: number, bytes: number, rows: number, count: number, offsetsTarget: number, target: number): number
  /** Copies the values of some rows end to end; `width` is 4, 8 or 16 bytes. */
  takeFixed(values: number, width: number, rows: number, count: number, target: number): void
  /** Returns 1 where each of the texts is valid UTF-8, else 0. */
  validTexts(offsets: number, bytes: number, count: number): number
  /** Writes the rows of the least and the greatest value to `target`, the first of equal ones; `count` is 1 at least. */
  extremes32(values: number, count: number, target: number): void
  extremes64(values: number, count: number, target: number): void
  /** NaN is left out; `count` in both places where there is nothing else. */
  extremesDouble(values: number, count: number, target: number): void
  extremesTexts(offsets: number, bytes: number, count: number, target: number): void
  /** Of signed integers of `width` bytes, the highest byte first. */
  extremesBigEndian(values: number, width: number, count: number, target: number): void
}
