import { integers, places } from './columns/typed-column.ts'
import { KeyArena } from './key-arena.ts'

const SMALLEST_BITS = 4
/** The table doubles when this part of it is full. */
const FULL = 0.7
/** One more than the largest hash. */
export const HASHES = 2 ** 32

/**
 * Gives each key a place, 0, 1, 2…, until it is removed: an open-addressing table of places over the bytes of keys. The upper bits of a key's hash say where the
 * search for it begins, so that the table is nearly in the order of hashes, which is the same in each process.
 */
export class KeyTable {
  #table = new Int32Array(1 << SMALLEST_BITS).fill(-1)
  #shift = 32 - SMALLEST_BITS
  #arena = new KeyArena()
  readonly #hashes = integers()
  /** The address of each key; of a place that is free, the next free one plus one. */
  readonly #addresses = places()
  /** The first free place plus one; 0 for none. */
  #free = 0
  #held = 0
  #top = 0

  /** The number of keys. */
  get size(): number {
    return this.#held
  }

  /** Places are below it. */
  get top(): number {
    return this.#top
  }

  /** The bytes that it holds. */
  get bytes(): number {
    return this.#table.byteLength + this.#arena.bytes + this.#hashes.bytes + this.#addresses.bytes
  }

  /** Returns the place of a key; -1 for one that is not there. */
  find(key: Uint8Array, length: number): number {
    return this.#table[this.#search(key, length, hashOf(key, length))] as number
  }

  /** Returns the place of a key, which it gets if it has none. */
  intern(key: Uint8Array, length: number): number {
    const hash = hashOf(key, length)
    const at = this.#search(key, length, hash)
    const found = this.#table[at] as number
    if (found >= 0) return found
    const place = this.#newPlace()
    this.#hashes.set(place, hash)
    this.#addresses.set(place, this.#arena.add(key, length))
    this.#table[at] = place
    this.#held++
    if (this.#held > this.#table.length * FULL) this.#grow()
    return place
  }

  /** Returns the bytes of the key at a place. They are a part of what is held. */
  keyAt(place: number): Uint8Array {
    return this.#arena.get(this.#addresses.get(place))
  }

  /** Removes the key at a place, which another key may get. */
  remove(place: number): void {
    const { length } = this.#table
    const mask = length - 1
    let gap = this.#home(place)
    while (this.#table[gap] !== place) gap = (gap + 1) & mask
    // What was put behind it because its own place was taken moves up, so that a search that ends at a gap misses nothing.
    for (let at = (gap + 1) & mask; ; at = (at + 1) & mask) {
      const other = this.#table[at] as number
      if (other < 0) break
      if (((at - this.#home(other)) & mask) < ((at - gap) & mask)) continue
      this.#table[gap] = other
      gap = at
    }
    this.#table[gap] = -1
    this.#arena.forget(this.#addresses.get(place))
    this.#addresses.set(place, this.#free)
    this.#free = place + 1
    this.#held--
    if (this.#arena.isSparse) this.#tidy()
  }

  /**
   * Visits keys in the order of their hashes, from one hash on, until `isEnough` says so after one of them, and returns the hash that the next visit begins at;
   * `HASHES` when the last key was visited. Keys that share a part of the table are visited together.
   */
  visit(from: number, isEnough: () => boolean, see: (place: number) => void): number {
    const { length } = this.#table
    const first = Math.floor(from / 2 ** this.#shift)
    for (let at = first; at < length * 2; at++) {
      const place = this.#table[at % length] as number
      if (place >= 0) {
        const home = this.#home(place)
        // Searches that begin near the end continue at the start: those keys come last.
        if (home >= first && (at < length ? home <= at : home > at - length)) see(place)
      } else if (at >= length - 1) return HASHES
      else if (isEnough()) return (at + 1) * 2 ** this.#shift
    }
    return HASHES
  }

  #home(place: number): number {
    return this.#hashes.get(place) >>> this.#shift
  }

  /** Returns where a key is in the table, or where it is to be put. */
  #search(key: Uint8Array, length: number, hash: number): number {
    const mask = this.#table.length - 1
    let at = hash >>> this.#shift
    for (let place = this.#table[at] as number; place >= 0; place = this.#table[at] as number) {
      if (this.#hashes.get(place) === hash && this.#arena.isAt(this.#addresses.get(place), key, length)) break
      at = (at + 1) & mask
    }
    return at
  }

  #newPlace(): number {
    if (this.#free > 0) {
      const place = this.#free - 1
      this.#free = this.#addresses.get(place)
      return place
    }
    const place = this.#top++
    this.#hashes.reserve(place)
    this.#addresses.reserve(place)
    return place
  }

  #grow(): void {
    const before = this.#table
    const mask = before.length * 2 - 1
    this.#table = new Int32Array(before.length * 2).fill(-1)
    this.#shift--
    for (const place of before) {
      if (place < 0) continue
      let at = this.#home(place)
      while ((this.#table[at] as number) >= 0) at = (at + 1) & mask
      this.#table[at] = place
    }
  }

  /** Writes the keys into a new arena, without the gaps. */
  #tidy(): void {
    const tidy = new KeyArena()
    for (const place of this.#table) {
      if (place < 0) continue
      const key = this.keyAt(place)
      this.#addresses.set(place, tidy.add(key, key.length))
    }
    this.#arena = tidy
  }
}

/** Returns the hash of bytes: FNV-1a, with its bits mixed as at the end of Murmur3, since the upper ones are used. States on disk are in its order. */
export function hashOf(key: Uint8Array, length: number): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ (key[i] as number), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) | 0
}
