/** Writes the primitive types of the Kafka protocol. */
export class WireWriter {
  readonly #parts: Buffer[] = []

  int8(value: number): this {
    this.#parts.push(Buffer.from([value & 0xff]))
    return this
  }

  int16(value: number): this {
    const part = Buffer.alloc(2)
    part.writeInt16BE(value)
    this.#parts.push(part)
    return this
  }

  int32(value: number): this {
    const part = Buffer.alloc(4)
    part.writeInt32BE(value)
    this.#parts.push(part)
    return this
  }

  int64(value: number): this {
    const part = Buffer.alloc(8)
    part.writeBigInt64BE(BigInt(value))
    this.#parts.push(part)
    return this
  }

  bytes(value: Buffer): this {
    this.#parts.push(value)
    return this
  }

  string(value: string): this {
    const text = Buffer.from(value)
    return this.int16(text.length).bytes(text)
  }

  /** The length of a compact string or array, which is one more than it holds. */
  compactLength(length: number): this {
    let rest = length + 1
    while (rest > 127) {
      this.int8((rest & 127) | 128)
      rest >>>= 7
    }
    return this.int8(rest)
  }

  compactString(value: string): this {
    const text = Buffer.from(value)
    return this.compactLength(text.length).bytes(text)
  }

  end(): Buffer {
    return Buffer.concat(this.#parts)
  }
}

/** Reads the primitive types of the Kafka protocol; throws a RangeError beyond the end. */
export class WireReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  #move(length: number): number {
    const at = this.#at
    if (at + length > this.#bytes.length) throw new RangeError('the answer of the broker is cut off')
    this.#at = at + length
    return at
  }

  int8(): number {
    return this.#bytes.readInt8(this.#move(1))
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#move(2))
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#move(4))
  }

  int64(): number {
    return Number(this.bigint())
  }

  bigint(): bigint {
    return this.#bytes.readBigInt64BE(this.#move(8))
  }

  bytes(length: number): Buffer {
    const at = this.#move(length)
    return this.#bytes.subarray(at, at + length)
  }

  string(): string {
    return this.bytes(Math.max(0, this.int16())).toString()
  }

  array<T>(read: () => T): T[] {
    return Array.from({ length: Math.max(0, this.int32()) }, read)
  }

  uvarint(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.int8() & 0xff
      value += (byte & 127) * 2 ** shift
      if (byte < 128) return value
    }
  }

  compactString(): string {
    return this.compactText() ?? ''
  }

  compactText(): string | null {
    const length = this.uvarint() - 1
    return length < 0 ? null : this.bytes(length).toString()
  }

  compactArray<T>(read: () => T): T[] {
    return Array.from({ length: Math.max(0, this.uvarint() - 1) }, read)
  }

  /** Tagged fields: what newer versions add, and we do not know. */
  tags(): void {
    for (let count = this.uvarint(); count > 0; count--) {
      this.uvarint()
      this.bytes(this.uvarint())
    }
  }
}
