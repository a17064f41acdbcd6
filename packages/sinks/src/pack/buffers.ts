/** Sizes of buffers are multiples of this, so that one fits again. */
const STEP = 256 * 1024
/** Bytes that are kept at the most: what a thread is given ahead. */
const MOST_BYTES = 8 * 2 ** 20

/**
 * Buffers that rows are packed into, go to a thread with, and come back in: a fresh one for each costs the system's time and, freed by another thread
 * than it was made by, its memory. No batch has part of one: rows are copied into them, and what is made of them is a file.
 */
export class PackBuffers {
  #spare: ArrayBuffer[] = []

  /** Bytes that are kept. */
  get held(): number {
    return this.#spare.reduce((sum, { byteLength }) => sum + byteLength, 0)
  }

  /** Returns a buffer of at least so many bytes; what it holds is undefined. */
  take(bytes: number): ArrayBuffer {
    const fits = this.#spare.findIndex(({ byteLength }) => byteLength >= bytes)
    if (fits >= 0) return this.#spare.splice(fits, 1)[0] as ArrayBuffer
    return new ArrayBuffer(Math.ceil(bytes / STEP) * STEP)
  }

  /** Keeps a buffer that nobody uses any more. */
  give(buffer: ArrayBuffer): void {
    if (buffer.byteLength === 0 || buffer.byteLength % STEP !== 0) return
    this.#spare.push(buffer)
    // The newest sizes are those that are asked for next.
    while (this.held > MOST_BYTES) this.#spare.shift()
  }
}

/** Those of this thread. */
export const packBuffers = new PackBuffers()
