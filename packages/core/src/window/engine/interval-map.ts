import type { Interval } from './interval.ts'

/** Holds a value for each interval. */
export class IntervalMap<V> {
  /** By start, then by end. */
  readonly #values = new Map<number, Map<number, V>>()
  #size = 0

  get size(): number {
    return this.#size
  }

  get({ start, end }: Interval): V | undefined {
    return this.#values.get(start)?.get(end)
  }

  set({ start, end }: Interval, value: V): void {
    let ends = this.#values.get(start)
    if (!ends) {
      ends = new Map()
      this.#values.set(start, ends)
    }
    if (!ends.has(end)) this.#size++
    ends.set(end, value)
  }

  delete({ start, end }: Interval): void {
    const ends = this.#values.get(start)
    if (!ends?.delete(end)) return
    this.#size--
    if (ends.size === 0) this.#values.delete(start)
  }

  *values(): Generator<V> {
    for (const ends of this.#values.values()) yield* ends.values()
  }
}
