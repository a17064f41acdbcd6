import { InvalidValue, truncated } from '../invalid-value.ts'

/** A value nested deeper than this is damaged. */
const MAX_DEPTH = 128
/** The most items without bytes, such as nulls, in all arrays of a message. */
const MAX_EMPTY = 65_536
const TWO_27 = 2 ** 27

/** Reads Avro's binary encoding from a range of bytes. Throws `InvalidValue` where the bytes cannot be what they should be. */
export class AvroCursor {
  bytes: Uint8Array = new Uint8Array(0)
  at = 0
  end = 0
  #view: DataView = new DataView(new ArrayBuffer(0))
  #depth = 0
  #empty = 0

  /** Begins to read `bytes[from, to)`. */
  open(bytes: Uint8Array, from: number, to: number): void {
    if (bytes !== this.bytes) {
      this.bytes = bytes
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    this.at = from
    this.end = to
    this.#depth = 0
    this.#empty = 0
  }

  /** Returns a varint, zigzag-encoded: a number where it is one of 2^53 - 1 at the most, else a bigint. */
  long(): number | bigint {
    const { bytes, end } = this
    let low = 0
    let at = this.at
    for (let shift = 0; shift < 28; shift += 7) {
      if (at >= end) throw truncated()
      const byte = bytes[at++] as number
      low |= (byte & 127) << shift
      if (byte < 128) {
        this.at = at
        return low & 1 ? -(low >>> 1) - 1 : low >>> 1
      }
    }
    let middle = 0
    for (let shift = 0; shift < 28; shift += 7) {
      if (at >= end) throw truncated()
      const byte = bytes[at++] as number
      middle |= (byte & 127) << shift
      if (byte >= 128) continue
      this.at = at
      const half = (low >>> 1) + middle * TWO_27
      if (half >= Number.MAX_SAFE_INTEGER) return wide(low, middle, 0)
      return low & 1 ? -half - 1 : half
    }
    if (at >= end) throw truncated()
    let high = bytes[at++] as number
    if (high >= 128) {
      if (at >= end) throw truncated()
      const last = bytes[at++] as number
      if (last > 1) throw new InvalidValue('a number of more than 64 bits: the value is damaged')
      high = (high & 127) + last * 128
    }
    this.at = at
    return wide(low, middle, high)
  }

  /** Returns a number of 32 bits. */
  int(): number {
    const value = this.long()
    if (typeof value === 'bigint' || value < -(2 ** 31) || value >= 2 ** 31) throw new InvalidValue(`${value} is no int: the value is damaged`)
    return value
  }

  /** Returns a count or an index, at least 0. */
  size(): number {
    const value = this.long()
    if (typeof value === 'bigint' || value < 0) throw new InvalidValue(`a length of ${value}: the value is damaged`)
    return value
  }

  /** Passes a length and so many bytes. Returns where they begin; `at` is their end then. */
  block(): number {
    const length = this.size()
    return this.take(length)
  }

  /** Passes so many bytes. Returns where they begin. */
  take(length: number): number {
    const from = this.at
    if (length > this.end - from) throw truncated()
    this.at = from + length
    return from
  }

  float(): number {
    return this.#view.getFloat32(this.take(4), true)
  }

  double(): number {
    return this.#view.getFloat64(this.take(8), true)
  }

  boolean(): boolean {
    const byte = this.bytes[this.take(1)]
    if (byte !== 0 && byte !== 1) throw new InvalidValue(`${byte} is no boolean: the value is damaged`)
    return byte === 1
  }

  /** Passes the items of an array or map. */
  items(each: () => void): void {
    this.enter()
    for (let count = this.#count(); count > 0; count = this.#count()) {
      for (let i = 0; i < count; i++) {
        const before = this.at
        each()
        // Items of no bytes cost nothing to claim: a damaged count would keep the process busy for years.
        if (this.at === before && ++this.#empty > MAX_EMPTY) throw new InvalidValue(`${count} items without bytes: the value is damaged`)
      }
    }
    this.leave()
  }

  /** Begins a value inside of another one. */
  enter(): void {
    if (++this.#depth > MAX_DEPTH) throw new InvalidValue(`nested deeper than ${MAX_DEPTH} levels`)
  }

  /** Ends a value inside of another one. */
  leave(): void {
    this.#depth--
  }

  /** Returns the number of items of the next block; a negative one comes with the block's length. */
  #count(): number {
    const count = this.long()
    if (typeof count === 'bigint') throw new InvalidValue(`a block of ${count} items: the value is damaged`)
    if (count >= 0) return count
    this.size()
    return -count
  }
}

/** Decodes a zigzag number of 64 bits from 28, 28 and 8 of them. */
function wide(low: number, middle: number, high: number): number | bigint {
  const zigzag = BigInt(low) | (BigInt(middle) << 28n) | (BigInt(high) << 56n)
  const value = zigzag & 1n ? -(zigzag >> 1n) - 1n : zigzag >> 1n
  return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER) ? Number(value) : value
}
