const TWO_32 = 2 ** 32

/** Reads Protobuf's wire format. Methods return false, or -1, where the bytes are not as they mostly are: then protobufjs has to decide. */
export class WireCursor {
  bytes: Uint8Array = new Uint8Array(0)
  at = 0
  /** The end of the message that is read. */
  end = 0
  /** The number that was read last, in two halves of 32 bits. */
  low = 0
  high = 0
  #view: DataView = new DataView(new ArrayBuffer(0))

  /** Begins to read all of these bytes. */
  open(bytes: Uint8Array): void {
    this.bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.at = 0
    this.end = bytes.length
  }

  /** Reads a varint of up to ten bytes into `low` and `high`. */
  varint(): boolean {
    this.low = 0
    this.high = 0
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= this.end) return false
      const byte = this.bytes[this.at++] as number
      const bits = byte & 127
      if (shift < 28) this.low |= bits << shift
      else if (shift === 28) {
        this.low |= (bits & 15) << 28
        this.high = bits >>> 4
      } else if (shift < 63) this.high |= bits << (shift - 32)
      else if (byte > 1) return false
      else this.high |= bits << 31
      if (byte < 128) return true
    }
    return false
  }

  /** Reads a varint that a field number and a length are. Returns -1 for one beyond 2^31. */
  small(): number {
    return this.varint() && this.high === 0 && this.low >= 0 ? this.low : -1
  }

  /** Reads the length of what follows. Returns where that ends, or -1. */
  block(): number {
    const length = this.small()
    return length < 0 || length > this.end - this.at ? -1 : this.at + length
  }

  /** Reads eight bytes into `low` and `high`. */
  fixed64(): boolean {
    if (this.end - this.at < 8) return false
    this.low = this.#view.getInt32(this.at, true)
    this.high = this.#view.getInt32(this.at + 4, true)
    this.at += 8
    return true
  }

  /** Reads four bytes into `low`. */
  fixed32(): boolean {
    if (this.end - this.at < 4) return false
    this.low = this.#view.getInt32(this.at, true)
    this.high = 0
    this.at += 4
    return true
  }

  /** Returns the double in `low` and `high`, the last eight bytes that were read. */
  lastDouble(): number {
    return this.#view.getFloat64(this.at - 8, true)
  }

  /** Returns the float in the last four bytes that were read. */
  lastFloat(): number {
    return this.#view.getFloat32(this.at - 4, true)
  }

  /** Returns `low` and `high` as a signed number; NaN where no number holds it exactly. */
  signed(): number {
    const value = (this.high | 0) * TWO_32 + (this.low >>> 0)
    return Number.isSafeInteger(value) ? value : Number.NaN
  }

  /** Returns `low` and `high` as a number from 0 on; NaN where no number holds it exactly. */
  unsigned(): number {
    const value = (this.high >>> 0) * TWO_32 + (this.low >>> 0)
    return Number.isSafeInteger(value) ? value : Number.NaN
  }

  /** Passes a field that nobody wants. */
  skip(tag: number): boolean {
    switch (tag & 7) {
      case 0:
        return this.varint()
      case 1:
        return this.fixed64()
      case 2: {
        const end = this.block()
        if (end < 0) return false
        this.at = end
        return true
      }
      case 5:
        return this.fixed32()
      default:
        return false
    }
  }
}
