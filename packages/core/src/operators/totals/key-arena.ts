import { TicketsError } from '../../base/errors.ts'

/** Bytes of a chunk are a power of two, so that an address is a chunk and a place in it. */
const CHUNK = 1 << 22
const SMALLEST = 1 << 10
/** Addresses are 32 bits. */
const MOST = 2 ** 32

/**
 * Holds the bytes of keys one after the other, each with its length before it, in chunks: growing copies nothing of what is held. What is forgotten leaves a gap;
 * the owner writes the rest into a new one when gaps are most of it.
 */
export class KeyArena {
  readonly #chunks: Uint8Array[] = [new Uint8Array(SMALLEST)]
  /** The next place in the last chunk. */
  #next = 0
  /** Bytes of keys that were forgotten. */
  gaps = 0

  /** The bytes that it holds. */
  get bytes(): number {
    return this.#chunks.reduce((sum, { length }) => sum + length, 0)
  }

  /** Whether most of it is gaps. */
  get isSparse(): boolean {
    return this.gaps > CHUNK && this.gaps * 2 > this.bytes
  }

  /** Adds a key and returns its address. Throws `STATE_LIMIT` for a key that no chunk holds, and beyond 4 GiB. */
  add(key: Uint8Array, length: number): number {
    const needed = length + widthOf(length)
    if (needed > CHUNK) throw new TicketsError('STATE_LIMIT', `a key of ${length} bytes is more than the ${CHUNK} allowed: group by a shorter column`)
    this.#reserve(needed)
    const chunk = this.#chunks.at(-1) as Uint8Array
    const address = (this.#chunks.length - 1) * CHUNK + this.#next
    let rest = length
    for (; rest > 127; rest >>>= 7) chunk[this.#next++] = (rest & 127) | 128
    chunk[this.#next++] = rest
    for (let i = 0; i < length; i++) chunk[this.#next++] = key[i] as number
    return address
  }

  /** Returns whether the key at an address is this one. */
  isAt(address: number, key: Uint8Array, length: number): boolean {
    const chunk = this.#chunkOf(address)
    let at = address % CHUNK
    let rest = length
    for (; rest > 127; rest >>>= 7) if (chunk[at++] !== ((rest & 127) | 128)) return false
    if (chunk[at++] !== rest) return false
    for (let i = 0; i < length; i++) if (chunk[at + i] !== key[i]) return false
    return true
  }

  /** Returns the bytes of the key at an address, as a part of a chunk. */
  get(address: number): Uint8Array {
    const chunk = this.#chunkOf(address)
    let at = address % CHUNK
    let length = 0
    for (let shift = 0; ; shift += 7) {
      const byte = chunk[at++] as number
      length |= (byte & 127) << shift
      if (byte < 128) break
    }
    return chunk.subarray(at, at + length)
  }

  /** Notes that the key at an address is needed no more. */
  forget(address: number): void {
    const { length } = this.get(address)
    this.gaps += length + widthOf(length)
  }

  #chunkOf(address: number): Uint8Array {
    return this.#chunks[Math.floor(address / CHUNK)] as Uint8Array
  }

  #reserve(needed: number): void {
    const last = this.#chunks.at(-1) as Uint8Array
    if (this.#next + needed <= last.length) return
    if (this.#next + needed <= CHUNK) {
      // Only the first chunk is smaller than the others.
      const larger = new Uint8Array(Math.min(CHUNK, Math.max(last.length * 2, this.#next + needed)))
      larger.set(last)
      this.#chunks[this.#chunks.length - 1] = larger
      return
    }
    if (this.#chunks.length * CHUNK >= MOST)
      throw new TicketsError('STATE_LIMIT', 'the keys of a runningTotals need more than 4 GiB in one task: give it a ttl, or read more partitions')
    this.gaps += last.length - this.#next
    this.#chunks.push(new Uint8Array(CHUNK))
    this.#next = 0
  }
}

/** Returns how many bytes a length takes. */
function widthOf(length: number): number {
  let width = 1
  for (let rest = length; rest > 127; rest >>>= 7) width++
  return width
}
