/**
 * How many Arrow bytes all tasks hold together (law 8): what sinks keep for the open range, and ranges that are being encoded.
 * Above half of the limit a task ends its range as soon as the one before it is committed; above the limit nobody reads until something is
 * staged or its range has ended.
 */
export class MemoryBudget {
  readonly limit: number
  #held = 0
  #reserved = 0
  #waiting = new Set<() => void>()

  constructor(limit: number) {
    this.limit = limit
  }

  get held(): number {
    return this.#held
  }

  /** Whether ranges should end now, so that half of the limit is left for reading while they are encoded. */
  get pressed(): boolean {
    return this.#held >= this.limit / 2
  }

  /** Returns the bytes that one read may return, if `copies` of them are in memory at once: one for each flow of each task, a quarter of the limit in all. */
  share(copies: number): number {
    return Math.max(1024, Math.floor(this.limit / (4 * copies)))
  }

  take(bytes: number): void {
    this.#held += bytes
  }

  give(bytes: number): void {
    this.#held -= bytes
    this.wake()
  }

  /**
   * Sets room aside for a read; the result gives it back. Where there is none it waits until something changed, or `signal` aborts, and gives
   * null: the range may have to end before there is room.
   */
  async reserve(bytes: number, signal: AbortSignal): Promise<(() => void) | null> {
    if (this.#held > 0 && this.#held + this.#reserved + bytes > this.limit && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#waiting.delete(wake)
          signal.removeEventListener('abort', wake)
          resolve()
        }
        this.#waiting.add(wake)
        signal.addEventListener('abort', wake)
      })
      return null
    }
    this.#reserved += bytes
    return () => {
      this.#reserved -= bytes
      this.wake()
    }
  }

  /** Lets everything that waits for room try again. */
  wake(): void {
    for (const wake of [...this.#waiting]) wake()
  }
}
