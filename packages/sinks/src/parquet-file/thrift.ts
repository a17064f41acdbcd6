const utf8 = new TextEncoder()

const TRUE = 1
const FALSE = 2
const I16 = 4
const I32 = 5
const I64 = 6
const BINARY = 8
const LIST = 9
const STRUCT = 12

/** Writes one struct of Thrift's compact protocol, as far as Parquet needs it. Fields are written in the order of their ids. */
export class ThriftWriter {
  #bytes = new Uint8Array(256)
  #length = 0
  /** The last id of the struct that is being written. */
  #last = 0

  i16(id: number, value: number): this {
    this.#head(id, I16)
    this.#zigzag(value)
    return this
  }

  i32(id: number, value: number): this {
    this.#head(id, I32)
    this.#zigzag(value)
    return this
  }

  i64(id: number, value: number): this {
    this.#head(id, I64)
    this.#zigzag(value)
    return this
  }

  bool(id: number, value: boolean): this {
    this.#head(id, value ? TRUE : FALSE)
    return this
  }

  binary(id: number, value: string | Uint8Array): this {
    this.#head(id, BINARY)
    this.#blob(value)
    return this
  }

  struct(id: number, write: (inner: this) => void): this {
    this.#head(id, STRUCT)
    this.#body(write)
    return this
  }

  structs<T>(id: number, items: readonly T[], write: (inner: this, item: T, i: number) => void): this {
    return this.#list(id, STRUCT, items, (item, i) => this.#body((inner) => write(inner, item, i)))
  }

  i32s(id: number, items: readonly number[]): this {
    return this.#list(id, I32, items, (item) => this.#zigzag(item))
  }

  i64s(id: number, items: readonly number[]): this {
    return this.#list(id, I64, items, (item) => this.#zigzag(item))
  }

  bools(id: number, items: readonly boolean[]): this {
    return this.#list(id, TRUE, items, (item) => this.#byte(item ? TRUE : FALSE))
  }

  binaries(id: number, items: readonly (string | Uint8Array)[]): this {
    return this.#list(id, BINARY, items, (item) => this.#blob(item))
  }

  /** Ends the struct and returns its bytes. */
  end(): Uint8Array<ArrayBuffer> {
    this.#byte(0)
    return this.#bytes.slice(0, this.#length)
  }

  #list<T>(id: number, type: number, items: readonly T[], write: (item: T, i: number) => void): this {
    this.#head(id, LIST)
    if (items.length < 15) this.#byte((items.length << 4) | type)
    else {
      this.#byte(0xf0 | type)
      this.#varint(items.length)
    }
    items.forEach(write)
    return this
  }

  #body(write: (inner: this) => void): void {
    const outer = this.#last
    this.#last = 0
    write(this)
    this.#byte(0)
    this.#last = outer
  }

  #head(id: number, type: number): void {
    const step = id - this.#last
    if (step > 0 && step < 16) this.#byte((step << 4) | type)
    else {
      this.#byte(type)
      this.#zigzag(id)
    }
    this.#last = id
  }

  #blob(value: string | Uint8Array): void {
    const bytes = typeof value === 'string' ? utf8.encode(value) : value
    this.#varint(bytes.length)
    this.#room(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** Whole numbers up to 2^52, so that doubling keeps them exact. */
  #zigzag(value: number): void {
    this.#varint(value >= 0 ? value * 2 : -value * 2 - 1)
  }

  #varint(value: number): void {
    let rest = value
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#byte((rest % 128) | 128)
    this.#byte(rest)
  }

  #byte(value: number): void {
    this.#room(1)
    this.#bytes[this.#length++] = value
  }

  #room(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more))
    grown.set(this.#bytes)
    this.#bytes = grown
  }
}
