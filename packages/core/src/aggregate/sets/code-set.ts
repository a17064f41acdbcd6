/** Up to this many codes are a list that is searched from its beginning. */
const LIST = 8
/** A table is at most half full, and the next one is this many times as large. */
const GROWTH = 4
/** Bits may take this many times the memory of the table that they replace: they are several times as fast, and grow no more. */
const BITS_OVER_TABLE = 4

const NONE = new Int32Array(0)

/**
 * A set of small whole numbers from 0, such as the codes of texts. A few are a list, more are a table with open addressing, and many are bits, one for each
 * number up to the largest.
 */
export class CodeSet {
  /** A list of codes, or a table of codes plus one, in which 0 is a free slot. Unused once there are bits. */
  #slots = NONE
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
    else for (const code of other.sorted()) this.add(code)
  }

  /** Returns the codes in ascending order. */
  sorted(): Int32Array {
    const bits = this.#bits
    if (bits === null) return this.#inSlots().sort()
    const codes = new Int32Array(this.#size)
    let count = 0
    for (let at = 0; at < bits.length; at++)
      for (let word = bits[at] as number; word !== 0; word &= word - 1) codes[count++] = (at << 5) + 31 - Math.clz32(word & -word)
    return codes
  }

  #insert(code: number): void {
    const slots = this.#slots
    const size = this.#size
    const isTable = slots.length > LIST
    const at = isTable ? slotInTable(slots, code) : slotInList(slots, size, code)
    if (at < 0) return
    if (size >= (isTable ? slots.length >> 1 : slots.length)) this.#grow(code)
    else {
      slots[at] = isTable ? code + 1 : code
      this.#size = size + 1
    }
  }

  /** Makes room for one more, and adds it. */
  #grow(code: number): void {
    const before = this.#slots
    const isTable = before.length > LIST
    const room = before.length === 0 ? LIST : before.length * GROWTH
    let most = code
    for (let at = 0; at < before.length; at++) if ((before[at] as number) > most) most = before[at] as number
    const words = (most >>> 5) + 1
    // The codes so far are hardly the largest, so a quarter more saves widening it at once.
    if (room > LIST && words <= room * BITS_OVER_TABLE) this.#bits = new Int32Array(words + (words >>> 2))
    this.#slots = this.#bits ? NONE : new Int32Array(room)
    this.#size = 0
    for (let at = 0; at < before.length; at++) {
      const slot = before[at] as number
      if (!isTable) this.add(slot)
      else if (slot !== 0) this.add(slot - 1)
    }
    this.add(code)
  }

  #inSlots(): Int32Array {
    const slots = this.#slots
    if (slots.length <= LIST) return slots.slice(0, this.#size)
    const codes = new Int32Array(this.#size)
    let count = 0
    for (let at = 0; at < slots.length; at++) if (slots[at] !== 0) codes[count++] = (slots[at] as number) - 1
    return codes
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

/** Returns the slot after a list of `size` codes; -1 where it has this code. */
function slotInList(slots: Int32Array, size: number, code: number): number {
  for (let at = 0; at < size; at++) if (slots[at] === code) return -1
  return size
}

/** Returns the free slot for a code; -1 where the table has it. Fibonacci hashing spreads codes that came together. */
function slotInTable(slots: Int32Array, code: number): number {
  const mask = slots.length - 1
  let at = (Math.imul(code, 0x9e3779b1) >>> 16) & mask
  for (let found = slots[at] as number; found !== 0; found = slots[at] as number) {
    if (found === code + 1) return -1
    at = (at + 1) & mask
  }
  return at
}

/** Returns how many bits of a word are set: Warren, "Hacker's Delight", section 5-1. */
function bitsIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
