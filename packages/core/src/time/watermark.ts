import type { Logger } from '../base/logger.ts'
import { type Batch, internals } from '../batch/batch.ts'
import { eventTimes } from './event-time.ts'

/** A single row that moves the watermark further than this is told of; in milliseconds. */
const DAY_MS = 86_400_000

const LAST = 8.64e15
const iso = (ms: number) => new Date(Math.max(-LAST, Math.min(LAST, ms))).toISOString()

/**
 * A partition's clock: the largest event time decoded so far less `maxOutOfOrderness` (protocol 5.1). It never goes back.
 * `max` is that largest time, -Infinity before the first row.
 */
export class PartitionClock {
  readonly #delay: number
  #watermark: number
  /** The first row that moved it by more than a day. */
  #jump: { readonly from: number; readonly to: number; readonly position: number } | null = null
  #isToldOf = false

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
    const known = internals.metadata(batch)?.offsets
    for (let i = 0; i < batch.length; i++) {
      if (told) this.advance(told[i] as number)
      watermarks[i] = this.#watermark
      const moved = time(i) - this.#delay
      if (told || moved <= this.#watermark) continue
      if (moved - this.#watermark > DAY_MS && Number.isFinite(this.#watermark))
        this.#jump ??= { from: this.#watermark, to: moved, position: known?.[i] ?? i }
      this.#watermark = moved
    }
    const offsets = known ?? Float64Array.from(watermarks, (_, i) => i)
    return internals.make(batch.schema, internals.columns(batch), batch.length, { watermarks, offsets }, 'task')
  }

  /** Says in the log, once, that a single row moved the watermark by more than a day: rows between are late from there on. */
  warnOfJump(partition: string, logger: Logger): void {
    if (!this.#jump || this.#isToldOf) return
    this.#isToldOf = true
    const { from, to, position } = this.#jump
    logger.warn(
      `one row of ${partition}, at ${position}, moved the watermark from ${iso(from)} to ${iso(to)}: rows between them are late for their windows from here on. If its time is wrong, set \`maxFuture\` lower, so that such rows are rejected`,
    )
  }

  /** Moves the clock to `to` if that is later. */
  advance(to: number): void {
    if (to > this.#watermark) this.#watermark = to
  }
}
