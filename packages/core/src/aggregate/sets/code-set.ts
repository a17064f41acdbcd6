/** Returns where the search for a code begins. Fibonacci hashing spreads codes that came together. */
const placeOf = (code: number, mask: number) => (Math.imul(code, 0x9e3779b1) >>> 16) & mask

const NONE = new Int32Array(0)

/**
 * A set of small whole numbers from 0, such as the codes of texts. A few are in a table with open addressing; many are bits, one for each number up to the
 * largest. It changes to bits as soon as these take at most twice the memory of the next larger table.
 */
export class CodeSet {
  /** At most half full; -1 is a free place. Unused once there are bits. */
  #table = NONE
  #bits: Int32Array | null = null
  #size = 0

  get size(): number {
    return this.#size
  }

  add(code: number): void {
    let bits = this.#bits
    if (bits === null) {
      this.#insert(code)
      return
    }
    const at = code >>> 5
    if (at >= bits.length) bits = this.#widen(at + 1)
    const word = bits[at] as number
    const bit = 1 << (code & 31)
    if ((word & bit) !== 0) return
    bits[at] = word | bit
    this.#size++
  }

  /** Adds all of another set, which stays as it is. */
  merge(other: CodeSet): void {
    if (this === other) return
    if (this.#bits && other.#bits) this.#mergeBits(other.#bits)
    else other.each((code) => this.add(code))
  }

  /** Calls `visit` for each code, once, in no particular order. */
  each(visit: (code: number) => void): void {
    const bits = this.#bits
    if (bits === null) {
      for (const code of this.#table) if (code >= 0) visit(code)
      return
    }
    for (let at = 0; at < bits.length; at++)
      for (let word = bits[at] as number; word !== 0; word &= word - 1) visit((at << 5) + 31 - Math.clz32(word & -word))
  }

  #insert(code: number): void {
    if ((this.#size + 1) * 2 > this.#table.length) {
      this.#grow(code)
      if (this.#bits) {
        this.add(code)
        return
      }
    }
    const table = this.#table
    const mask = table.length - 1
    let at = placeOf(code, mask)
    for (let found = table[at] as number; found >= 0; found = table[at] as number) {
      if (found === code) return
      at = (at + 1) & mask
    }
    table[at] = code
    this.#size++
  }

  /** Makes room for one more, which is `code`. */
  #grow(code: number): void {
    const codes = this.#table.filter((each) => each >= 0)
    const wider = Math.max(4, this.#table.length * 4)
    const words = (codes.reduce((most, each) => Math.max(most, each), code) >>> 5) + 1
    this.#table = NONE
    this.#size = 0
    if (words <= wider * 2) this.#bits = new Int32Array(words)
    else this.#table = new Int32Array(wider).fill(-1)
    for (const each of codes) this.add(each)
  }

  #widen(words: number): Int32Array {
    const before = this.#bits as Int32Array
    const bits = new Int32Array(Math.max(words, before.length + (before.length >> 1)))
    bits.set(before)
    this.#bits = bits
    return bits
  }

  #mergeBits(other: Int32Array): void {
    const mine = this.#bits as Int32Array
    const bits = other.length > mine.length ? this.#widen(other.length) : mine
    for (let at = 0; at < other.length; at++) {
      const fresh = (other[at] as number) & ~(bits[at] as number)
      if (fresh === 0) continue
      bits[at] = (bits[at] as number) | fresh
      this.#size += bitsIn(fresh)
    }
  }
}

/** Returns how many bits of a word are set: Warren, "Hacker's Delight", section 5-1. */
function bitsIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
