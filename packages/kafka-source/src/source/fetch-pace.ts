/** The most bytes that a fetch waits for. */
const MOST_BYTES = 32 * 1024
/** The longest time that a fetch waits for more than one byte, in milliseconds. */
const PATIENCE_MS = 50
/** The time in which what arrived is forgotten by two thirds, in milliseconds. */
const MEMORY_MS = 500

/**
 * Chooses how many bytes a fetch waits for at the end of partitions, by how fast they arrive there.
 *
 * A fetch that waits for nothing costs the more the faster messages come, since each answer brings a few of them. One that waits for much holds back
 * the messages of a quiet topic for the whole time that it may wait. So it waits for what arrives in half of that time.
 */
export class FetchPace {
  /** Bytes that arrived, those of earlier times counted less. */
  #level = 0
  #at = Number.NEGATIVE_INFINITY

  /** Notes bytes that arrived at the end of partitions. What lay there before, and is caught up with, tells nothing. */
  arrived(bytes: number, now: number): void {
    this.#level = this.#levelAt(now) + bytes
    this.#at = now
  }

  /** Returns how many bytes the next fetch waits for, and for how many milliseconds, which are `longest` at most. */
  next(longest: number, now: number): { least: number; wait: number } {
    const patience = Math.min(longest, PATIENCE_MS)
    const inHalf = (this.#levelAt(now) / MEMORY_MS) * (patience / 2)
    const least = Math.max(1, Math.min(MOST_BYTES, Math.floor(inHalf)))
    // What was expected may not come: only a fetch that waits for anything at all may wait long.
    return { least, wait: least > 1 ? patience : longest }
  }

  #levelAt(now: number): number {
    return this.#level * Math.exp(-Math.max(0, now - this.#at) / MEMORY_MS)
  }
}
