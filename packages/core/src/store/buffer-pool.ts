/** What a pool keeps. */
export interface PoolLimits {
  /** Sizes of buffers are multiples of this, so that one fits again. */
  readonly step: number
  /** Bytes that are kept at the most. */
  readonly mostBytes: number
}

/**
 * Buffers that go to another thread and come back: a fresh one for each time costs the system's time and, freed by another thread than it was made by,
 * its memory, and each that is left to the collector brings a collection of the whole heap nearer.
 */
export class BufferPool {
  readonly #limits: PoolLimits
  #spare: ArrayBuffer[] = []

  constructor(limits: PoolLimits) {
    this.#limits = limits
  }

  /** Bytes that are kept. */
  get held(): number {
    return this.#spare.reduce((sum, { byteLength }) => sum + byteLength, 0)
  }

  /** Returns a buffer of at least so many bytes; what it holds is undefined. */
  take(bytes: number): ArrayBuffer {
    const { step } = this.#limits
    const fits = this.#spare.findIndex(({ byteLength }) => byteLength >= bytes)
    if (fits >= 0) return this.#spare.splice(fits, 1)[0] as ArrayBuffer
    return new ArrayBuffer(Math.ceil(bytes / step) * step)
  }

  /** Keeps a buffer that nobody uses any more, if it is one of the pool's sizes. */
  give(buffer: ArrayBuffer): void {
    const { step, mostBytes } = this.#limits
    if (buffer.byteLength === 0 || buffer.byteLength % step !== 0) return
    this.#spare.push(buffer)
    // The newest sizes are those that are asked for next.
    while (this.held > mostBytes) this.#spare.shift()
  }
}
