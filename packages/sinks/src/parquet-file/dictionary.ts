import { loadDictionary, makeDictionary, readDictionary, saveDictionary } from '../kernels/dictionary-block.ts'
import type { Kernels } from '../kernels/kernels.ts'
import type { Values } from './values.ts'

const utf8 = new TextEncoder()

/** Gives the values of a column chunk their codes, and writes the page of its entries. Between two pages it takes nothing of the kernels' memory. */
export interface ChunkDictionary {
  readonly size: number
  /** Bytes of the entries as their page will have them. */
  readonly bytes: number
  /** Writes the codes of a page's values to `target`, 32 bits each; returns false, and adds nothing, where the entries would become too many. */
  code(values: Values, target: number): boolean
  /** Writes the page of entries to a new region of the memory. */
  page(): { readonly at: number; readonly length: number }
}

/** What a dictionary holds at the most. */
export interface DictionaryLimits {
  readonly entries: number
  readonly bytes: number
}

/** A dictionary of more entries, or of more bytes, is read no faster than the values. */
const LIMITS: DictionaryLimits = { entries: 65_536, bytes: 2 ** 20 }
/** Room that a dictionary begins with: entries at the most, and bytes of each; it is doubled as entries come. */
const FIRST: DictionaryLimits = { entries: 1024, bytes: 16 }

/** Returns a dictionary for the values of a column; `width` is 0 for texts. */
export const valueDictionary = (kernels: Kernels, width: number, limits = LIMITS): ChunkDictionary => new ValueDictionary(kernels, width, limits)

class ValueDictionary implements ChunkDictionary {
  readonly #kernels: Kernels
  readonly #width: number
  readonly #limits: DictionaryLimits
  #saved: Uint8Array | null = null
  size = 0
  /** Bytes of the entries alone. */
  #length = 0

  constructor(kernels: Kernels, width: number, limits: DictionaryLimits) {
    this.#kernels = kernels
    this.#width = width
    this.#limits = limits
  }

  get bytes(): number {
    return this.#length + (this.#width > 0 ? 0 : 4 * this.size)
  }

  code(values: Values, target: number): boolean {
    const { memory } = this.#kernels
    const { top } = memory
    let at = this.#load(values.count)
    for (let done = this.#codeFrom(at, values, 0, target); done < values.count; done += this.#codeFrom(at, values, done, target)) {
      const larger = this.#grown(at, lengthOf(memory, values, done))
      if (larger === null) {
        memory.release(top)
        return false
      }
      at = larger
    }
    this.#saved = saveDictionary(memory, at)
    const { size, ends } = readDictionary(memory, at)
    this.size = size
    this.#length = memory.view.getInt32(ends + 4 * size, true)
    memory.release(top)
    return true
  }

  page(): { readonly at: number; readonly length: number } {
    const { memory, plainTexts } = this.#kernels
    const { size, ends, bytes } = readDictionary(memory, this.#load(0))
    if (this.#width > 0) return { at: bytes, length: this.#length }
    const target = memory.take(this.bytes)
    return { at: target, length: plainTexts(ends, bytes, size, target) }
  }

  /** Puts the dictionary into the memory; the first time an empty one, for up to `count` values. */
  #load(count: number): number {
    const { memory } = this.#kernels
    if (this.#saved) return loadDictionary(memory, this.#saved)
    const entries = Math.min(count, FIRST.entries, this.#limits.entries)
    return makeDictionary(memory, entries, Math.min(FIRST.bytes * entries, this.#limits.bytes))
  }

  /** Writes codes from row `from` on; returns for how many rows there was room. */
  #codeFrom(at: number, values: Values, from: number, target: number): number {
    const { dictionaryTexts, dictionaryFixed } = this.#kernels
    const rest = values.count - from
    const codes = target + 4 * from
    if (values.kind === 'texts') return dictionaryTexts(at, values.offsets + 4 * from, values.bytes, rest, codes)
    if (values.kind === 'fixed') return dictionaryFixed(at, values.at + values.width * from, values.width, rest, codes)
    throw new Error(`values of the kind ${values.kind} have no dictionary`)
  }

  /** Returns a dictionary with the same entries and room for one more of some length; null where the limits are reached. */
  #grown(at: number, length: number): number | null {
    const { memory, dictionaryTexts, dictionaryFixed } = this.#kernels
    const { size, maxEntries, maxBytes, ends, bytes } = readDictionary(memory, at)
    const needed = memory.view.getInt32(ends + 4 * size, true) + length
    if (size === this.#limits.entries || needed > this.#limits.bytes) return null
    const entries = size < maxEntries ? maxEntries : Math.min(2 * Math.max(1, maxEntries), this.#limits.entries)
    const room = needed <= maxBytes ? maxBytes : Math.min(Math.max(2 * maxBytes, needed), this.#limits.bytes)
    const larger = makeDictionary(memory, entries, room)
    const codes = memory.take(4 * size)
    if (this.#width > 0) dictionaryFixed(larger, bytes, this.#width, size, codes)
    else dictionaryTexts(larger, ends, bytes, size, codes)
    return larger
  }
}

/** Returns the bytes of a value. */
function lengthOf({ view }: Kernels['memory'], values: Values, row: number): number {
  if (values.kind === 'fixed') return values.width
  if (values.kind !== 'texts') return 0
  const at = values.offsets + 4 * row
  return view.getInt32(at + 4, true) - view.getInt32(at, true)
}

/** Returns a dictionary of the members of an enum that a column chunk has, in the order in which they are first seen. */
export function memberDictionary(kernels: Kernels): ChunkDictionary {
  const { memory } = kernels
  const found = new Map<string, number>()
  return {
    get size() {
      return found.size
    },
    get bytes() {
      return 0
    },
    code(page, target) {
      if (page.kind !== 'codes') return false
      const codes = new Int32Array(page.members.length).fill(-1)
      const out = memory.ints(target, page.count)
      for (let i = 0; i < page.count; i++) {
        const member = page.codes[i] as number
        if ((codes[member] as number) < 0) codes[member] = codeIn(found, page.members[member] as string)
        out[i] = codes[member] as number
      }
      return true
    },
    page: () => plainPage(kernels, [...found.keys()]),
  }
}

/** Returns the code of a text, which is added if it is new. */
function codeIn(found: Map<string, number>, text: string): number {
  const code = found.get(text) ?? found.size
  found.set(text, code)
  return code
}

/** Writes texts as PLAIN, each with its length before it. */
function plainPage({ memory }: Kernels, texts: readonly string[]): { readonly at: number; readonly length: number } {
  const parts = texts.map((text) => utf8.encode(text))
  const length = parts.reduce((sum, part) => sum + 4 + part.length, 0)
  const at = memory.take(length)
  let end = at
  for (const part of parts) {
    memory.view.setUint32(end, part.length, true)
    memory.bytes.set(part, end + 4)
    end += 4 + part.length
  }
  return { at, length }
}
