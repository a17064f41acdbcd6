import type { Kernels } from '../kernels/kernels.ts'
import { snappyBound } from '../kernels/snappy.ts'

/** The codecs of this writer by their numbers in files. */
export const codecs = { UNCOMPRESSED: 0, SNAPPY: 1 } as const
export type Codec = keyof typeof codecs

const TABLE = 32_768
/** The share that compression has to take off, so that a reader's time is worth it. */
const WORTH = 0.02
/** Pages that are stored as they are after one that did not compress. */
const PAUSE = 7

/** Compresses the pages of one column chunk, and stops trying for a while when a page does not compress, such as one of ids. */
export class PageCompressor {
  readonly #kernels: Kernels
  readonly #codec: Codec
  /** Pages to store as they are, by what they hold: codes may not compress where texts do. */
  readonly #pauses = new Map<string, number>()

  constructor(kernels: Kernels, codec: Codec) {
    this.#kernels = kernels
    this.#codec = codec
  }

  /** Returns the bytes as the file has them, as a view that the next kernel may change; `content` names pages that are alike. */
  compress(at: number, length: number, content: string): Uint8Array {
    const { memory } = this.#kernels
    if (this.#codec === 'UNCOMPRESSED') return memory.bytes.subarray(at, at + length)
    const target = memory.take(snappyBound(length))
    const table = memory.take(TABLE)
    const pause = this.#pauses.get(content) ?? 0
    if (pause > 0) {
      this.#pauses.set(content, pause - 1)
      const stored = this.#kernels.stored(at, length, target)
      return memory.bytes.subarray(target, target + stored)
    }
    const compressed = this.#kernels.snappy(at, length, table, target)
    if (compressed > length * (1 - WORTH)) this.#pauses.set(content, PAUSE)
    return memory.bytes.subarray(target, target + compressed)
  }
}
