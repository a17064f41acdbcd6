import { logEvent } from '../base/log/log-events.ts'
import type { Logger } from '../base/log/logger.ts'
import { type Batch, internals } from '../batch/batch.ts'
import { eventTimes } from './event-time.ts'

/** A row that moves the watermark further than this is logged. */
const DAY_MS = 86_400_000

/** Returns the numbers from 0, `count` of them. */
function counted(count: number): Float64Array {
  const numbers = new Float64Array(count)
  for (let i = 0; i < count; i++) numbers[i] = i
  return numbers
}

const LAST = 8.64e15
const iso = (ms: number) => new Date(Math.max(-LAST, Math.min(LAST, ms))).toISOString()

/**
 * Tracks the watermark of a partition: the largest event time decoded so far less `maxOutOfOrderness` (docs/internals/protocol.md#5.1). It never
 * moves back, and is -Infinity before the first row.
 */
export class PartitionClock {
  readonly #delay: number
  #watermark: number
  #newest: number | null = null
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

  /** The newest event time that moved the watermark, in epoch milliseconds; null before one did, or where a source knows the watermark. */
  get newest(): number | null {
    return this.#newest
  }

  /**
   * Advances the watermark over a batch, and returns the batch with the watermark before each row as metadata. The rows of one message have that before
   * their message.
   *
   * @param known the watermark before each row, from a source that knows it; then event times do not advance the watermark
   */
  stamp<T>(batch: Batch<T>, known?: Float64Array): Batch<T> {
    const offsets = internals.metadata(batch)?.offsets ?? counted(batch.length)
    const watermarks = new Float64Array(batch.length)
    if (known) this.#follow(known, watermarks)
    else this.#advanceOver(batch, offsets, watermarks)
    // No row of a message makes another row of it late.
    for (let i = 1; i < watermarks.length; i++) if (offsets[i] === offsets[i - 1]) watermarks[i] = watermarks[i - 1] as number
    return internals.make(batch.schema, internals.sources(batch), batch.length, { watermarks, offsets }, 'task')
  }

  /** Notes the watermark before each row, and advances it by the event times. */
  #advanceOver(batch: Batch<unknown>, offsets: Float64Array, watermarks: Float64Array): void {
    const time = eventTimes(batch)
    const delay = this.#delay
    let watermark = this.#watermark
    for (let i = 0; i < watermarks.length; i++) {
      watermarks[i] = watermark
      const moved = time(i) - delay
      if (moved <= watermark) continue
      if (moved - watermark > DAY_MS && Number.isFinite(watermark)) this.#jump ??= { from: watermark, to: moved, position: offsets[i] as number }
      watermark = moved
    }
    if (watermark > this.#watermark) this.#newest = watermark + delay
    this.#watermark = watermark
  }

  /** Notes the watermark before each row, as a source knows it. */
  #follow(known: Float64Array, watermarks: Float64Array): void {
    for (let i = 0; i < watermarks.length; i++) {
      this.advance(known[i] as number)
      watermarks[i] = this.#watermark
    }
  }

  /** Logs, once, that a single row moved the watermark by more than a day: rows between are late from then on. */
  warnOfJump(partition: string, logger: Logger): void {
    if (!this.#jump || this.#isLogged) return
    this.#isLogged = true
    const { from, to, position } = this.#jump
    logEvent(
      logger,
      'watermark.jumped',
      { partition, offset: position, from, to },
      `one row of ${partition}, at ${position}, moved the watermark from ${iso(from)} to ${iso(to)}: rows between them are late for their windows from here on. If its time is wrong, set \`maxFuture\` lower, so that such rows are rejected`,
    )
  }

  /** Advances the watermark to `to` if that is later. */
  advance(to: number): void {
    if (to > this.#watermark) this.#watermark = to
  }
}
