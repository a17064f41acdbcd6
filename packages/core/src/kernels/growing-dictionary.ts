import { loadDictionary, makeDictionary, readDictionary, saveDictionary, savedEntries } from './dictionary-block.ts'
import type { KernelMemory } from './memory.ts'

/**
 * The kernels that look values up in a dictionary (`dictionary-block.ts`). They write the code of each value to `codes`, 32 bits each, and return for
 * how many values the dictionary had room. Values that are new get the next codes.
 */
export interface DictionaryKernels {
  readonly memory: KernelMemory
  /** Text `i` is the bytes from offset `i` to offset `i + 1`, counted from `bytes`. */
  dictionaryTexts(dictionary: number, offsets: number, bytes: number, count: number, codes: number): number
  /** The same for values of `width` bytes. */
  dictionaryFixed(dictionary: number, values: number, width: number, count: number, codes: number): number
}

/** Values in the memory of the kernels. */
export type CodedValues =
  | { readonly kind: 'fixed'; readonly count: number; readonly at: number; readonly width: number }
  | { readonly kind: 'texts'; readonly count: number; readonly offsets: number; readonly bytes: number }

/** What a dictionary holds at the most. */
export interface DictionaryLimits {
  readonly entries: number
  readonly bytes: number
}

/** Room that a dictionary begins with: entries at the most, and bytes of each; it is doubled as entries come. */
const FIRST: DictionaryLimits = { entries: 1024, bytes: 16 }

/**
 * A dictionary that grows to its limits: equal values have equal codes, in the order in which they are first seen. Between two calls it takes nothing of
 * the kernels' memory.
 */
export class GrowingDictionary {
  readonly #kernels: DictionaryKernels
  readonly #limits: DictionaryLimits
  #saved: Uint8Array | null = null
  #size = 0
  #length = 0

  constructor(kernels: DictionaryKernels, limits: DictionaryLimits) {
    this.#kernels = kernels
    this.#limits = limits
  }

  get size(): number {
    return this.#size
  }

  /** Bytes of the entries alone. */
  get length(): number {
    return this.#length
  }

  /** Writes the codes of values to `target`, 32 bits each; returns false, and adds nothing, where the entries would become too many. */
  code(values: CodedValues, target: number): boolean {
    const { memory } = this.#kernels
    const { top } = memory
    let at = this.load(values.count)
    for (let done = this.#codeFrom(at, values, 0, target); done < values.count; done += this.#codeFrom(at, values, done, target)) {
      const larger = this.#grown(at, values, lengthOf(memory, values, done))
      if (larger === null) {
        memory.release(top)
        return false
      }
      at = larger
    }
    this.#saved = saveDictionary(memory, at, this.#saved)
    const { size, ends } = readDictionary(memory, at)
    this.#size = size
    this.#length = memory.view.getInt32(ends + 4 * size, true)
    memory.release(top)
    return true
  }

  /** Returns the entries from this code on: their bytes, and where each begins and ends there. */
  from(code: number): ReturnType<typeof savedEntries> {
    return this.#saved ? savedEntries(this.#saved, code) : { ends: new Int32Array(1), bytes: new Uint8Array(0) }
  }

  /** Puts the dictionary into a new region and returns its address; before the first value an empty one, for up to `count` values. */
  load(count = 0): number {
    const { memory } = this.#kernels
    if (this.#saved) return loadDictionary(memory, this.#saved)
    const entries = Math.min(count, FIRST.entries, this.#limits.entries)
    return makeDictionary(memory, entries, Math.min(FIRST.bytes * entries, this.#limits.bytes))
  }

  /** Writes codes from value `from` on; returns for how many there was room. */
  #codeFrom(at: number, values: CodedValues, from: number, target: number): number {
    const { dictionaryTexts, dictionaryFixed } = this.#kernels
    const rest = values.count - from
    const codes = target + 4 * from
    if (values.kind === 'texts') return dictionaryTexts(at, values.offsets + 4 * from, values.bytes, rest, codes)
    return dictionaryFixed(at, values.at + values.width * from, values.width, rest, codes)
  }

  /** Returns a dictionary with the same entries and room for one more of some length; null where the limits are reached. */
  #grown(at: number, values: CodedValues, length: number): number | null {
    const { memory, dictionaryTexts, dictionaryFixed } = this.#kernels
    const { size, maxEntries, maxBytes, ends, bytes } = readDictionary(memory, at)
    const needed = memory.view.getInt32(ends + 4 * size, true) + length
    if (size === this.#limits.entries || needed > this.#limits.bytes) return null
    const entries = size < maxEntries ? maxEntries : Math.min(2 * Math.max(1, maxEntries), this.#limits.entries)
    const room = needed <= maxBytes ? maxBytes : Math.min(Math.max(2 * maxBytes, needed), this.#limits.bytes)
    const larger = makeDictionary(memory, entries, room)
    const codes = memory.take(4 * size)
    if (values.kind === 'fixed') dictionaryFixed(larger, bytes, values.width, size, codes)
    else dictionaryTexts(larger, ends, bytes, size, codes)
    return larger
  }
}

/** Returns the bytes of a value. */
function lengthOf({ view }: KernelMemory, values: CodedValues, row: number): number {
  if (values.kind === 'fixed') return values.width
  const at = values.offsets + 4 * row
  return view.getInt32(at + 4, true) - view.getInt32(at, true)
}
