/** How many pieces are under way: one is decoded while the next one is fetched for it. */
const DEPTH = 2

/**
 * Begins with the next pieces of a source before they are asked for, so that another thread decodes while this one works. They come in
 * order, and one that failed fails where it would have come.
 */
export class ReadAhead<C> {
  readonly #begun: Promise<C>[] = []

  /** How many were begun and not given. */
  get length(): number {
    return this.#begun.length
  }

  /** Returns the next piece. */
  next(begin: () => Promise<C> | null): Promise<C> | undefined {
    while (this.#begun.length < DEPTH) {
      const piece = begin()
      if (!piece) break
      // Whoever gets it gets its error; until then it is not an unhandled one.
      piece.catch(() => {})
      this.#begun.push(piece)
    }
    return this.#begun.shift()
  }
}
