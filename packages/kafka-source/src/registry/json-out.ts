const encoder = new TextEncoder()
const SMALL = 24
const HEX = '0123456789abcdef'

/** JSON text under construction, as UTF-8 bytes in one buffer that grows. */
export class JsonOut {
  bytes = new Uint8Array(1 << 16)
  length = 0

  /** Makes room for so many more bytes. */
  room(more: number): void {
    if (this.length + more <= this.bytes.length) return
    const larger = new Uint8Array(Math.max(this.length + more, this.bytes.length * 2))
    larger.set(this.bytes.subarray(0, this.length))
    this.bytes = larger
  }

  /** Adds one byte. */
  byte(value: number): void {
    if (this.length === this.bytes.length) this.room(1)
    this.bytes[this.length++] = value
  }

  /** Adds bytes that are JSON already. */
  literal(bytes: Uint8Array): void {
    this.room(bytes.length)
    if (bytes.length > SMALL) this.bytes.set(bytes, this.length)
    else for (let i = 0; i < bytes.length; i++) this.bytes[this.length + i] = bytes[i] as number
    this.length += bytes.length
  }

  /** Adds text that is JSON already. */
  json(text: string): void {
    // UTF-16 to UTF-8 takes three bytes a unit at the most.
    this.room(text.length * 3)
    this.length += encoder.encodeInto(text, this.bytes.subarray(this.length)).written
  }

  /** Adds ASCII text that is JSON already. */
  ascii(text: string): void {
    this.room(text.length)
    for (let i = 0; i < text.length; i++) this.bytes[this.length + i] = text.charCodeAt(i)
    this.length += text.length
  }

  /** Adds UTF-8 text as a JSON string. Invalid UTF-8 stays invalid: whoever decodes the JSON refuses it. */
  text(bytes: Uint8Array, from: number, to: number): void {
    // An escape takes six bytes at the most.
    this.room((to - from) * 6 + 2)
    const out = this.bytes
    let at = this.length
    out[at++] = 0x22
    for (let i = from; i < to; i++) {
      const byte = bytes[i] as number
      if (byte >= 0x20 && byte !== 0x22 && byte !== 0x5c) out[at++] = byte
      else {
        out[at++] = 0x5c
        if (byte >= 0x20) out[at++] = byte
        else {
          out[at++] = 0x75
          out[at++] = 0x30
          out[at++] = 0x30
          out[at++] = HEX.charCodeAt(byte >> 4)
          out[at++] = HEX.charCodeAt(byte & 15)
        }
      }
    }
    out[at++] = 0x22
    this.length = at
  }

  /** Adds a whole number from -(2^53 - 1) to 2^53 - 1. */
  whole(value: number): void {
    if (value < 0 || value > 999_999_999) {
      this.ascii(String(value))
      return
    }
    this.room(10)
    let digits = 1
    for (let limit = 10; value >= limit; limit *= 10) digits++
    for (let i = digits - 1, left = value; i >= 0; i--) {
      const next = Math.floor(left / 10)
      this.bytes[this.length + i] = 0x30 + left - next * 10
      left = next
    }
    this.length += digits
  }
}
