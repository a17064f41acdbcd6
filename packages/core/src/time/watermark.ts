import { type Batch, inside } from '../batch/batch.ts'
import { eventTimes } from './event-time.ts'

/**
 * A partition's clock: the largest event time decoded so far less `maxOutOfOrderness` (protocol 5.1). It never goes back.
 * `max` is that largest time, -Infinity before the first row.
 */
export class PartitionClock {
  readonly #delay: number
  #watermark: number

  /** @param watermark where a restored partition stands; -Infinity for a new one */
  constructor(maxOutOfOrderness: number, watermark = Number.NEGATIVE_INFINITY) {
    this.#delay = maxOutOfOrderness
    this.#watermark = watermark
  }

  get watermark(): number {
    return this.#watermark
  }

  /**
   * Moves the clock over a batch, and returns the batch with the watermark before each of its rows as its trail.
   *
   * @param told the watermark before each row, by a source that knows it; then event times do not move the clock
   */
  stamp<T>(batch: Batch<T>, told?: Float64Array): Batch<T> {
    const time = eventTimes(batch)
    const watermarks = new Float64Array(batch.length)
    for (let i = 0; i < batch.length; i++) {
      if (told) this.advance(told[i] as number)
      watermarks[i] = this.#watermark
      const moved = time(i) - this.#delay
      if (!told && moved > this.#watermark) this.#watermark = moved
    }
    const offsets = inside.trail(batch)?.offsets ?? Float64Array.from(watermarks, (_, i) => i)
    return inside.make(batch.schema, inside.columns(batch), batch.length, { watermarks, offsets }, 'task')
  }

  /** Moves the clock to `to` if that is later. */
  advance(to: number): void {
    if (to > this.#watermark) this.#watermark = to
  }
}
