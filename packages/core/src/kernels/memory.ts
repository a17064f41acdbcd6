/** Free bytes behind each region, since kernels read and write 16 bytes at a time. */
const ROOM = 64
const ALIGN = 16

/** Where the bytes come from: the memory of a WebAssembly instance, or a plain buffer. */
export interface MemorySource {
  readonly buffer: ArrayBuffer
  /** Makes it at least so many bytes long and keeps what it holds; `buffer` may be another one afterwards. */
  grow(bytes: number): void
}

/**
 * The memory that kernels work on, given out like a stack: `take` adds a region at the top, `release` drops all regions above a place.
 *
 * Growing replaces the views, so that `bytes` and `view` are read anew after each `take`.
 */
export class KernelMemory {
  bytes: Uint8Array<ArrayBuffer>
  view: DataView<ArrayBuffer>
  readonly #source: MemorySource
  #top: number

  /** `base`: the first byte that may be given out. */
  constructor(source: MemorySource, base: number) {
    this.#source = source
    this.#top = Math.ceil(base / ALIGN) * ALIGN
    this.bytes = new Uint8Array(source.buffer)
    this.view = new DataView(source.buffer)
  }

  /** The first byte that is not given out. */
  get top(): number {
    return this.#top
  }

  /** Returns the address of a new region, aligned to 16 bytes. What it holds is undefined. */
  take(length: number): number {
    const at = this.#top
    this.#top = Math.ceil((at + length + ROOM) / ALIGN) * ALIGN
    if (this.#top > this.bytes.length) {
      this.#source.grow(this.#top)
      this.bytes = new Uint8Array(this.#source.buffer)
      this.view = new DataView(this.#source.buffer)
    }
    return at
  }

  /** Drops every region at or above an address. */
  release(top: number): void {
    this.#top = top
  }

  /** Returns a region as 32-bit integers; `at` is a multiple of four. */
  ints(at: number, count: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.bytes.buffer, at, count)
  }

  /** Copies bytes into a new region and returns its address. */
  put(source: Uint8Array): number {
    const at = this.take(source.length)
    this.bytes.set(source, at)
    return at
  }
}
