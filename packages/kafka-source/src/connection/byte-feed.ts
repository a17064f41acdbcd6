/** Bytes that a parser needs next: to look at until it asks again, or in memory of their own. */
export interface Need {
  readonly bytes: number
  readonly keep: boolean
}

/** Reads an answer step by step: yields what it needs, and is given exactly those bytes. */
export type Parser<R> = Generator<Need, R, Buffer>

/** Asks for bytes to look at. They are valid until the parser asks again. */
export const look = (bytes: number): Need => ({ bytes, keep: false })

/** Asks for bytes in memory that nothing else shares. Large ones go from the socket into it, without a copy. */
export const keep = (bytes: number): Need => ({ bytes, keep: true })

/** Bytes of one read while a parser only looks. */
const SCRATCH_BYTES = 64 * 1024

/**
 * Feeds a parser with the bytes of a socket.
 *
 * The socket writes to `room`, and `filled` says how much. What the parser keeps has memory of its own, so that a partition that is slow to be read
 * holds its own bytes and no others of the same answer.
 */
export class ByteFeed {
  readonly #parser: Parser<unknown>
  #need: Need
  #scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES)
  /** What the scratch holds and the parser has not seen. */
  #from = 0
  #to = 0
  /** What is being filled from the socket, and how far it is. */
  #kept: Buffer | null = null
  #filled = 0

  constructor(parser: Parser<never>) {
    this.#parser = parser
    this.#need = parser.next().value
  }

  /** Where the next bytes belong; never empty. */
  get room(): Buffer {
    return this.#kept ? this.#kept.subarray(this.#filled) : this.#scratch.subarray(this.#to)
  }

  /** Notes that so many bytes were written to `room`, and hands on what is complete. Throws what the parser throws. */
  filled(bytes: number): void {
    if (this.#kept) this.#filled += bytes
    else this.#to += bytes
    for (let given = this.#take(); given; given = this.#take()) this.#need = this.#parser.next(given).value as Need
  }

  /** Returns what the parser needs, or null while it is not there as a whole. */
  #take(): Buffer | null {
    const { bytes, keep } = this.#need
    if (this.#kept) return this.#filled < bytes ? null : this.#release(this.#kept)
    const there = Math.min(bytes, this.#to - this.#from)
    if (keep) {
      const own = Buffer.allocUnsafeSlow(bytes)
      this.#scratch.copy(own, 0, this.#from, this.#from + there)
      this.#pass(there)
      if (there === bytes) return own
      this.#kept = own
      this.#filled = there
      return null
    }
    if (there < bytes) {
      this.#makeRoom(bytes)
      return null
    }
    const seen = this.#scratch.subarray(this.#from, this.#from + bytes)
    this.#pass(bytes)
    return seen
  }

  #release(kept: Buffer): Buffer {
    this.#kept = null
    return kept
  }

  #pass(bytes: number): void {
    this.#from += bytes
    if (this.#from === this.#to) this.#from = this.#to = 0
  }

  /** Moves what is left to the front, so that `bytes` fit. */
  #makeRoom(bytes: number): void {
    const target = bytes > this.#scratch.length ? Buffer.allocUnsafeSlow(bytes) : this.#scratch
    this.#scratch.copy(target, 0, this.#from, this.#to)
    this.#scratch = target
    this.#to -= this.#from
    this.#from = 0
  }
}
