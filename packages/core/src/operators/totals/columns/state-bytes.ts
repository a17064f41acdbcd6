import { TicketsError } from '../../../base/errors.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** The first byte of a number that is written as a double. Other first bytes say how many bytes of a whole number follow. */
const DOUBLE = 8
/** Whole numbers up to this magnitude are written in as many bytes as they need. */
const MOST_WHOLE = 2 ** 48

/** Writes values one after the other into bytes that grow. `StateReader` reads them in the same order. */
export class StateWriter {
  #bytes: Uint8Array
  #view: DataView
  #length = 0

  constructor(room = 1024) {
    this.#bytes = new Uint8Array(room)
    this.#view = new DataView(this.#bytes.buffer)
  }

  get length(): number {
    return this.#length
  }

  /** The bytes written, which the next write may change. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  /** Begins again at the start of the same memory. */
  clear(): void {
    this.#length = 0
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = value
  }

  /** Writes a length or a count. */
  size(value: number): void {
    this.#reserve(8)
    let rest = value
    while (rest > 127) {
      this.#bytes[this.#length++] = (rest % 128) + 128
      rest = Math.floor(rest / 128)
    }
    this.#bytes[this.#length++] = rest
  }

  /** Writes a number: equal numbers as equal bytes, and small whole ones in few. */
  number(value: number): void {
    this.#reserve(9)
    if (Number.isInteger(value) && Math.abs(value) <= MOST_WHOLE && !Object.is(value, -0)) {
      const start = this.#length++
      let rest = value < 0 ? -2 * value - 1 : 2 * value
      for (; rest > 0; rest = Math.floor(rest / 256)) this.#bytes[this.#length++] = rest % 256
      this.#bytes[start] = this.#length - start - 1
      return
    }
    this.#bytes[this.#length++] = DOUBLE
    this.#view.setFloat64(this.#length, value, true)
    this.#length += 8
  }

  /** Writes bytes `[from, to)` with their length before them. */
  bytes(source: Uint8Array, from: number, to: number): void {
    this.size(to - from)
    this.#reserve(to - from)
    for (let i = from; i < to; i++) this.#bytes[this.#length++] = source[i] as number
  }

  text(value: string): void {
    const bytes = encoder.encode(value)
    this.bytes(bytes, 0, bytes.length)
  }

  /** Returns a copy of what was written. */
  copy(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more))
    larger.set(this.written)
    this.#bytes = larger
    this.#view = new DataView(larger.buffer)
  }
}

/** Reads what a `StateWriter` wrote. Throws `OPERATOR_STATE` where the bytes end too early. */
export class StateReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  byte(): number {
    return this.#bytes[this.#take(1)] as number
  }

  size(): number {
    let value = 0
    for (let unit = 1; ; unit *= 128) {
      const byte = this.byte()
      value += (byte % 128) * unit
      if (byte < 128) return value
    }
  }

  number(): number {
    const length = this.byte()
    if (length === DOUBLE) return this.#view.getFloat64(this.#take(8), true)
    const from = this.#take(length)
    let whole = 0
    for (let i = length - 1; i >= 0; i--) whole = whole * 256 + (this.#bytes[from + i] as number)
    return whole % 2 === 1 ? -(whole + 1) / 2 : whole / 2
  }

  /** Returns bytes that were written with their length. They are a part of what is read. */
  bytes(): Uint8Array {
    const length = this.size()
    const from = this.#take(length)
    return this.#bytes.subarray(from, from + length)
  }

  text(): string {
    return decoder.decode(this.bytes())
  }

  #take(count: number): number {
    const at = this.#at
    if (at + count > this.#bytes.length)
      throw new TicketsError(
        'OPERATOR_STATE',
        'the state of running totals ends too early: restore the log from a backup, or start over with a new log',
      )
    this.#at += count
    return at
  }
}
