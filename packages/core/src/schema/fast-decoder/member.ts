import type { FixedStore } from '../../store/stores.ts'
import { isPlain, Literal, QUOTE, type Read, UNSURE } from './read.ts'

interface Entry {
  readonly literal: Literal
  readonly index: number
}

/** If more names than this share their first four bytes, names are found by length and other bytes. */
const CHAIN = 4

const bucketsOf = (entries: readonly Entry[], hash: (entry: Entry) => number, mask: number): Entry[][] => {
  const buckets: Entry[][] = Array.from({ length: mask + 1 }, () => [])
  for (const entry of entries) buckets[hash(entry) & mask]?.push(entry)
  return buckets
}

const mix = (word: number) => Math.imul(word, 0x9e3779b1) >>> 16

/** Finds which of several names stands, in quotes, at a position. */
export class Names {
  /** Where the last name that was found ended, behind its quote. */
  next = 0
  readonly #mask: number
  readonly #longest: number
  /** By the first four bytes; null when too many names share them, or some are shorter. */
  readonly #byStart: Entry[][] | null
  readonly #byHash: Entry[][]

  constructor(names: readonly string[]) {
    let size = 8
    while (size < names.length * 2) size *= 2
    this.#mask = size - 1
    // What JSON has to escape, or UTF-8 cannot hold, is never found here.
    const entries = names.map((name, index) => ({ literal: new Literal(`"${name}"`), index })).filter(({ index }) => isPlain(names[index] as string))
    this.#longest = Math.max(0, ...entries.map(({ literal }) => literal.length))
    this.#byHash = bucketsOf(entries, ({ literal }) => this.#hash(literal.bytes, 0, literal.length - 1), this.#mask)
    const byStart = bucketsOf(entries, ({ literal }) => mix(literal.start), this.#mask)
    const quick = entries.every(({ literal }) => literal.length >= 4) && byStart.every((bucket) => bucket.length <= CHAIN)
    this.#byStart = quick ? byStart : null
  }

  /** Length, the first, the middle and the last byte tell the members of nearly every enum apart. */
  #hash(bytes: Uint8Array, from: number, last: number): number {
    const length = last - from
    return length * 31 + (bytes[from + 1] as number) * 7 + (bytes[from + (length >> 1)] as number) * 13 + (bytes[last - 1] as number)
  }

  /** The index of the name that stands in quotes at `at`, or -1; `next` is behind it. */
  find(bytes: Uint8Array, view: DataView, at: number, end: number): number {
    // The quotes are part of the literal: what matches it is the whole of a name.
    if (this.#byStart === null) return this.#among(this.#alike(bytes, at, end), bytes, view, at, end)
    if (at + 4 > end) return -1
    return this.#among(this.#byStart[mix(view.getInt32(at, true)) & this.#mask], bytes, view, at, end)
  }

  #alike(bytes: Uint8Array, at: number, end: number): Entry[] | undefined {
    const stop = Math.min(end, at + this.#longest)
    if (at >= stop || bytes[at] !== QUOTE) return undefined
    let last = at + 1
    while (last < stop && bytes[last] !== QUOTE) last++
    return last < stop ? this.#byHash[this.#hash(bytes, at, last) & this.#mask] : undefined
  }

  #among(bucket: Entry[] | undefined, bytes: Uint8Array, view: DataView, at: number, end: number): number {
    if (bucket === undefined) return -1
    for (let i = 0; i < bucket.length; i++) {
      const { literal, index } = bucket[i] as Entry
      if (literal.at(bytes, view, at, end)) {
        this.next = at + literal.length
        return index
      }
    }
    return -1
  }
}

/** Returns a reader of the members of an enum as their codes. */
export function memberReader(store: FixedStore, values: readonly string[]): Read {
  const names = new Names(values)
  return (bytes, view, at, end, row) => {
    const code = names.find(bytes, view, at, end)
    if (code < 0) return UNSURE
    store.values[row] = code
    return names.next
  }
}
