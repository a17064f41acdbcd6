import type { FetchedPartition } from '../protocol/fetch-request.ts'
import { type RawBatch, splitBatches } from '../protocol/record-batch.ts'
import { EmptyAnswers } from './empty-answers.ts'

export interface QueueOptions {
  readonly topic: string
  readonly partition: number
  readonly from: number
  /** The end of the partition now. */
  readonly end: number
  /** Nothing at or after it is needed. */
  readonly to: number | undefined
  /** Fetching pauses at this many bytes, and continues below half of them. */
  readonly bytes: number
  /** Called with the number of offsets that were skipped because they have no message. */
  readonly onSkip?: (offsets: number) => void
}

/** Holds what was fetched of one partition and is not read yet: undecoded record batches, with their bytes counted. */
export class PartitionQueue {
  readonly topic: string
  readonly partition: number
  /** The offset to fetch next. */
  offset: number
  /** The end of the partition when it was last fetched. */
  end: number
  bytes = 0
  /** Why the partition has failed; null while it has not. */
  failure: Error | null = null
  /** Since when fetching it fails, in milliseconds of `Date.now()`. */
  failingSince: number | null = null
  /** Called when messages arrived, or the partition failed. */
  onChange: () => void = () => {}
  readonly #to: number
  readonly #high: number
  readonly #onSkip: QueueOptions['onSkip']
  readonly #batches: RawBatch[] = []
  #paused = false
  #emptyAnswers: EmptyAnswers | null = null

  constructor(options: QueueOptions) {
    this.topic = options.topic
    this.partition = options.partition
    this.offset = options.from
    this.end = options.end
    this.#to = options.to ?? Number.POSITIVE_INFINITY
    this.#high = options.bytes
    this.#onSkip = options.onSkip
  }

  /** How many bytes may be fetched now; 0 when it is full, failed or at its bound. */
  get room(): number {
    if (this.failure || this.offset >= this.#to) return 0
    if (this.bytes >= this.#high) this.#paused = true
    else if (this.bytes <= this.#high / 2) this.#paused = false
    return this.#paused ? 0 : this.#high - this.bytes
  }

  get length(): number {
    return this.#batches.length
  }

  /** Answers without records while the end lies ahead; null after any other answer. */
  get emptyAnswers(): EmptyAnswers | null {
    return this.#emptyAnswers
  }

  /**
   * Takes what a fetch from `asked` returned; true when it brought anything. An answer to an older question is dropped.
   *
   * An answer without records moves nothing, whatever end it names. The partition is asked alone then, since in a shared request the broker
   * may have had no bytes left for it.
   */
  take(fetched: FetchedPartition, asked: number, wasAlone: boolean, now = Date.now()): boolean {
    if (this.failure || asked !== this.offset) return false
    this.end = Math.max(fetched.end, this.offset)
    const batches = splitBatches(fetched.records, asked, fetched.aborted)
    this.failingSince = null
    if (batches.length === 0 && fetched.end > asked) {
      // Bytes that hold no whole batch are a fault of the broker, and no empty answer.
      if (!this.#emptyAnswers || fetched.records.length > 0) this.#emptyAnswers = new EmptyAnswers(now)
      if (wasAlone) this.#emptyAnswers.add(now, fetched.end)
      return false
    }
    this.#emptyAnswers = null
    for (const batch of batches) this.#add(batch)
    if (batches.length > 0) this.onChange()
    return batches.length > 0
  }

  /** Moves past a gap that was proved. */
  skip(to: number): void {
    this.#emptyAnswers = null
    if (this.failure || to <= this.offset) return
    this.#add({ bytes: null, base: to, next: to })
    this.onChange()
  }

  /** Forgets the empty answers: the broker said something else since. */
  interrupt(): void {
    this.#emptyAnswers = null
  }

  #add(batch: RawBatch): void {
    if (batch.base > this.offset) this.#onSkip?.(batch.base - this.offset)
    this.#batches.push(batch)
    this.bytes += batch.bytes?.length ?? 0
    this.offset = batch.next
  }

  /** The oldest batch, which stays. */
  peek(): RawBatch | undefined {
    return this.#batches[0]
  }

  /** The oldest batch. Its bytes count until `release`. */
  shift(): RawBatch | undefined {
    return this.#batches.shift()
  }

  release(batch: RawBatch): void {
    this.bytes -= batch.bytes?.length ?? 0
  }

  fail(error: Error): void {
    if (this.failure) return
    this.failure = error
    this.#batches.length = 0
    this.bytes = 0
    this.onChange()
  }
}
