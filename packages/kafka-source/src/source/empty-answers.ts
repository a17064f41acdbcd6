/** The pause after each empty answer before the next request. */
const PAUSES_MS = [100, 200, 400, 800, 1600, 3200]
/** The same if the broker cannot say which positions it holds itself: then only repeated answers prove a gap. */
const LONG_PAUSES_MS = [...PAUSES_MS, 6400, 10_000]
const LONGEST_PAUSE_MS = 10_000

/**
 * Counts answers without records from a partition whose end lies ahead.
 *
 * That proves nothing by itself. Compaction may have removed everything up to the end, but a broker also answers so when it reads from
 * remote storage and that takes longer than it waits (Kafka's `remote.fetch.max.wait.ms`). So the question is asked again, with growing waits.
 */
export class EmptyAnswers {
  readonly since: number
  #end = Number.POSITIVE_INFINITY
  count = 0
  #askAt = 0

  constructor(now: number) {
    this.since = now
  }

  /** The smallest end that an empty answer named: messages written after the first answer are no part of a gap. */
  get end(): number {
    return this.#end
  }

  /** How many answers were empty so far. */
  get answers(): number {
    return this.count
  }

  /** When to ask again, in milliseconds of `Date.now()`. */
  get askAt(): number {
    return this.#askAt
  }

  /** How long the broker may take for the next answer: a slow read needs the time. */
  get wait(): number {
    return Math.min(2000, this.#pause())
  }

  /** Notes one more empty answer. */
  add(now: number, end: number): void {
    this.#end = Math.min(this.#end, end)
    this.#askAt = now + this.#pause()
    this.count++
  }

  /** Whether the answer was repeated often enough to count; `isLocal`: the broker says that it holds the position itself. */
  isProof(isLocal: boolean): boolean {
    return this.count > (isLocal ? PAUSES_MS : LONG_PAUSES_MS).length
  }

  #pause(): number {
    return LONG_PAUSES_MS[this.count] ?? LONGEST_PAUSE_MS
  }
}
