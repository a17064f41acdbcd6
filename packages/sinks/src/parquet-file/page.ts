import type { Kernels } from '../kernels/kernels.ts'
import type { PageCompressor } from './compressor.ts'
import { type Encoding, encodeLevels, encodings } from './encodings.ts'
import type { Extremes } from './extremes.ts'
import type { Levels } from './levels.ts'
import type { Leaf } from './schema.ts'
import { ThriftWriter } from './thrift.ts'

/** A page as the file has it. */
export interface Page {
  /** Its head and its compressed body. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** The length of both before compression. */
  readonly rawSize: number
}

/** A page of values, with what the indexes of the file say of it. */
export interface DataPage extends Page {
  readonly encoding: Encoding
  readonly rows: number
  /** Values and nulls together. */
  readonly count: number
  readonly nulls: number
  readonly extremes: Extremes | null
}

const DATA = 0
const DICTIONARY = 2

/** Writes the values of a page to `target`, where there is room for `bound` bytes, and returns the written length. */
export interface PageBody {
  readonly encoding: Encoding
  readonly bound: number
  write(target: number): number
}

/** Returns a data page of version 1, which every reader knows: both kinds of levels before the values, all compressed as one. */
export function dataPage(
  kernels: Kernels,
  compressor: PageCompressor,
  { maxRepetition, maxDefinition }: Leaf,
  { count, repetition, definition }: Pick<Levels, 'count' | 'repetition' | 'definition'>,
  { encoding, bound, write }: PageBody,
): Page {
  const levels = 2 * (64 + 5 * count)
  const at = kernels.memory.take(levels + bound)
  let end = at
  if (repetition) end += encodeLevels(kernels, repetition, maxRepetition, end)
  if (definition) end += encodeLevels(kernels, definition, maxDefinition, end)
  end += write(end)
  return page(compressor.compress(at, end - at, `values ${encoding}`), end - at, DATA, (head) =>
    head.struct(5, (data) => void data.i32(1, count).i32(2, encoding).i32(3, encodings.rle).i32(4, encodings.rle)),
  )
}

/** Returns the page with the `size` entries of a dictionary. */
export function dictionaryPage(compressor: PageCompressor, size: number, at: number, length: number): Page {
  return page(compressor.compress(at, length, 'dictionary'), length, DICTIONARY, (head) =>
    head.struct(7, (dictionary) => void dictionary.i32(1, size).i32(2, encodings.plain)),
  )
}

function page(body: Uint8Array, length: number, type: number, write: (head: ThriftWriter) => ThriftWriter): Page {
  const head = write(new ThriftWriter().i32(1, type).i32(2, length).i32(3, body.length)).end()
  const bytes = new Uint8Array(head.length + body.length)
  bytes.set(head)
  bytes.set(body, head.length)
  return { bytes, rawSize: head.length + length }
}
