/** The arrays that a column may be made of. */
type Numbers = Float64Array | Int32Array | Uint32Array | Uint8Array

/** Rows of a chunk are a power of two, so that a place is found with a shift and a mask. */
const SHIFT = 16
const CHUNK = 1 << SHIFT
const MASK = CHUNK - 1
const SMALLEST = 16

/**
 * Holds a number for each key by its place, 0, 1, 2…, in typed arrays. It grows by chunks, so that growing copies nothing of what is held: ten million numbers
 * would otherwise be in memory twice. The first chunk alone doubles, since most columns are small.
 */
export class TypedColumn {
  readonly #make: (length: number) => Numbers
  readonly #chunks: Numbers[]
  #room = SMALLEST

  constructor(make: (length: number) => Numbers) {
    this.#make = make
    this.#chunks = [make(SMALLEST)]
  }

  /** The bytes that it holds. */
  get bytes(): number {
    return this.#chunks.reduce((sum, { byteLength }) => sum + byteLength, 0)
  }

  get(place: number): number {
    return (this.#chunks[place >>> SHIFT] as Numbers)[place & MASK] as number
  }

  set(place: number, value: number): void {
    ;(this.#chunks[place >>> SHIFT] as Numbers)[place & MASK] = value
  }

  /** Makes room for this place. */
  reserve(place: number): void {
    while (place >= this.#room) this.#grow()
  }

  #grow(): void {
    if (this.#room >= CHUNK) {
      this.#chunks.push(this.#make(CHUNK))
      this.#room += CHUNK
      return
    }
    this.#room *= 2
    const larger = this.#make(this.#room)
    larger.set(this.#chunks[0] as Numbers)
    this.#chunks[0] = larger
  }
}

export const floats = (): TypedColumn => new TypedColumn((length) => new Float64Array(length))
export const integers = (): TypedColumn => new TypedColumn((length) => new Int32Array(length))
export const places = (): TypedColumn => new TypedColumn((length) => new Uint32Array(length))
export const flags = (): TypedColumn => new TypedColumn((length) => new Uint8Array(length))
