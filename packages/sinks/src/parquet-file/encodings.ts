import type { Kernels } from '../kernels/kernels.ts'
import { type Leaf, physical } from './schema.ts'
import type { Values } from './values.ts'

/** Parquet's encodings by their numbers. */
export const encodings = { plain: 0, rle: 3, delta: 5, deltaLength: 6, dictionary: 8 } as const
export type Encoding = (typeof encodings)[keyof typeof encodings]

/** Scratch of the delta encodings. */
const SCRATCH = 1024
/** The head of a delta encoding, and its last block, which is filled up. */
const DELTA_ROOM = 2048

/** Returns the bits that hold every number up to `most`. */
export const bitsFor = (most: number): number => 32 - Math.clz32(most)

/** Returns the encoding of values that have no dictionary. With `plain` it is PLAIN, which every reader knows. */
export function directEncoding({ kind, physical: type }: Leaf, plain: boolean): Encoding {
  if (plain) return encodings.plain
  if (type === physical.bytes) return encodings.deltaLength
  // Few readers take differences of decimals.
  return (type === physical.int32 || type === physical.int64) && kind !== 'decimal' ? encodings.delta : encodings.plain
}

/** Returns room enough for the values in any encoding. */
export function boundOf(values: Values): number {
  const bytes = values.kind === 'texts' ? values.length : values.kind === 'fixed' ? values.count * values.width : 0
  return bytes + 12 * values.count + DELTA_ROOM
}

/** Writes the values without a dictionary; returns the written length. */
export function encodeDirect(kernels: Kernels, encoding: Encoding, values: Values, target: number): number {
  const { memory } = kernels
  switch (values.kind) {
    case 'bits':
      memory.bytes.set(values.bits, target)
      return values.bits.length
    case 'fixed': {
      if (encoding === encodings.delta) {
        const scratch = memory.take(SCRATCH)
        return (values.width === 4 ? kernels.delta32 : kernels.delta64)(values.at, values.count, scratch, target)
      }
      const length = values.count * values.width
      memory.bytes.copyWithin(target, values.at, values.at + length)
      return length
    }
    case 'texts': {
      if (encoding === encodings.plain) return kernels.plainTexts(values.offsets, values.bytes, values.count, target)
      const scratch = memory.take(SCRATCH)
      const lengths = memory.take(4 * values.count)
      kernels.textLengths(values.offsets, values.count, lengths)
      const head = kernels.delta32(lengths, values.count, scratch, target)
      const from = values.bytes + values.first
      memory.bytes.copyWithin(target + head, from, from + values.length)
      return head + values.length
    }
    case 'codes':
      throw new Error('members of an enum are written by their codes')
  }
}

/** Writes codes of a dictionary of `size` entries, with their width before them; returns the written length. */
export function encodeCodes(kernels: Kernels, codes: number, count: number, size: number, target: number): number {
  // Some readers take a width of 0 for an error.
  const width = Math.max(1, bitsFor(size - 1))
  kernels.memory.bytes[target] = width
  return 1 + kernels.hybrid(codes, count, width, target + 1)
}

/** Writes levels up to `most`, with their length before them; returns the written length. */
export function encodeLevels(kernels: Kernels, levels: Int32Array, most: number, target: number): number {
  const { memory } = kernels
  const { top } = memory
  const at = memory.put(new Uint8Array(levels.buffer, levels.byteOffset, levels.byteLength))
  const length = kernels.hybrid(at, levels.length, bitsFor(most), target + 4)
  memory.view.setUint32(target, length, true)
  memory.release(top)
  return 4 + length
}
