import type { Logger } from '../base/logger.ts'
import { type Batch, internals } from '../batch/batch.ts'
import { eventTimes } from './event-time.ts'

/** A row that moves the watermark further than this is logged. */
const DAY_MS = 86_400_000

const LAST = 8.64e15
const iso = (ms: number) => new Date(Math.max(-LAST, Math.min(LAST, ms))).toISOString()

/**
 * Tracks the watermark of a partition: the largest event time decoded so far less `maxOutOfOrderness` (docs/internals/protocol.md#5.1). It never
 * moves back, and is -Infinity before the first row.
 */
export class PartitionClock {
  readonly #delay: number
  #watermark: number
  /** The first row that moved the watermark by more than a day. */
  #jump: { readonly from: number; readonly to: number; readonly position: number } | null = null
  #isLogged = false

  /** @param watermark where a restored partition stands; -Infinity for a new one */
  constructor(maxOutOfOrderness: number, watermark = Number.NEGATIVE_INFINITY) {
    this.#delay = maxOutOfOrderness
    this.#watermark = watermark
  }

  get watermark(): number {
    return this.#watermark
  }

  /**
   * Advances the watermark over a batch, and returns the batch with the watermark before each row as metadata. The rows of one message have that before
   * their message.
   *
   * @param known the watermark before each row, from a source that knows it; then event times do not advance the watermark
   */
  stamp<T>(batch: Batch<T>, known?: Float64Array): Batch<T> {
    const time = eventTimes(batch)
    const watermarks = new Float64Array(batch.length)
    const given = internals.metadata(batch)?.offsets
    for (let i = 0; i < batch.length; i++) {
      if (known) this.advance(known[i] as number)
      // No row of a message makes another row of it late.
      const isSame = given !== undefined && i > 0 && given[i] === given[i - 1]
      watermarks[i] = isSame ? (watermarks[i - 1] as number) : this.#watermark
      const moved = time(i) - this.#delay
      if (known || moved <= this.#watermark) continue
      if (moved - this.#watermark > DAY_MS && Number.isFinite(this.#watermark))
        this.#jump ??= { from: this.#watermark, to: moved, position: given?.[i] ?? i }
      this.#watermark = moved
    }
    const offsets = given ?? Float64Array.from(watermarks, (_, i) => i)
    return internals.make(batch.schema, internals.columns(batch), batch.length, { watermarks, offsets }, 'task')
  }

  /** Logs, once, that a single row moved the watermark by more than a day: rows between are late from then on. */
  warnOfJump(partition: string, logger: Logger): void {
    if (!this.#jump || this.#isLogged) return
    this.#isLogged = true
    const { from, to, position } = this.#jump
    logger.warn(
      `one row of ${partition}, at ${position}, moved the watermark from ${iso(from)} to ${iso(to)}: rows between them are late for their windows from here on. If its time is wrong, set \`maxFuture\` lower, so that such rows are rejected`,
    )
  }

  /** Advances the watermark to `to` if that is later. */
  advance(to: number): void {
    if (to > this.#watermark) this.#watermark = to
  }
}
