import { type Batch, internals, pick } from '../../batch/batch.ts'
import type { RowTexts } from '../../schema/row-texts.ts'
import { eventTimes } from '../../time/event-time.ts'

/** Rows of one batch, in the order of their event times. */
interface Segment<T> {
  readonly batch: Batch<T>
  readonly times: Float64Array
  readonly order: Int32Array
  /** How many of `order` have left. */
  left: number
}

/** On disk: rows that were added, each with its position, and the time up to which all have left. */
export type SavedRows = { readonly left: number | null; readonly added: readonly (readonly [number, string])[] }

/** Rows that wait until a watermark has passed their event time. They stay in the batches in which they came. */
export class WaitingRows<T> {
  #segments: Segment<T>[] = []
  /** Those that came since the last snapshot. */
  #fresh = new Set<Segment<T>>()
  #left = Number.NEGATIVE_INFINITY
  /** What the last snapshot says: up to where rows had left, and how many waited. */
  #saved = { left: Number.NEGATIVE_INFINITY, held: 0 }
  #held = 0

  /** How many rows wait. */
  get held(): number {
    return this.#held
  }

  add(batch: Batch<T>): void {
    if (batch.length === 0) return
    const time = eventTimes(batch)
    const times = Float64Array.from({ length: batch.length }, (_, i) => time(i))
    const order = Int32Array.from({ length: batch.length }, (_, i) => i)
    if (times.some((at, i) => i > 0 && at < (times[i - 1] as number))) order.sort((a, b) => (times[a] as number) - (times[b] as number) || a - b)
    const segment = { batch, times, order, left: 0 }
    this.#segments.push(segment)
    this.#fresh.add(segment)
    this.#held += batch.length
  }

  /** Returns the rows with an event time before `threshold`, by batches as they came, and in their order in each. */
  release(threshold: number): Batch<T>[] {
    if (threshold > this.#left) this.#left = threshold
    const released: Batch<T>[] = []
    for (const segment of this.#segments) {
      const from = segment.left
      const to = endOf(segment, threshold)
      if (to === from) continue
      segment.left = to
      this.#held -= to - from
      released.push(to - from === segment.batch.length ? segment.batch : pick(segment.batch, segment.order.slice(from, to).sort()))
    }
    if (released.length > 0) {
      this.#segments = this.#segments.filter(({ left, order }) => left < order.length)
      for (const segment of this.#fresh) if (segment.left === segment.order.length) this.#fresh.delete(segment)
    }
    return released
  }

  /** Returns what changed since the last snapshot, or all; null where nothing did. */
  snapshot(whole: boolean, { write }: RowTexts<T>): SavedRows | null {
    const segments = whole ? this.#segments : [...this.#fresh]
    this.#fresh = new Set()
    if (!whole && segments.length === 0 && (this.#saved.left === this.#left || this.#saved.held === 0)) return null
    this.#saved = { left: this.#left, held: this.#held }
    const added = segments.flatMap(({ batch, order, left }) => {
      const offsets = internals.metadata(batch)?.offsets
      return [...order.subarray(left)].sort((a, b) => a - b).map((i) => [offsets?.[i] ?? 0, write(batch.get(i))] as const)
    })
    return { left: savedTime(this.#left), added }
  }

  /** Takes back what a snapshot holds. */
  restore({ left, added }: SavedRows, texts: RowTexts<T>): void {
    if (left !== null) this.release(left)
    const rows = texts.read(added.map(([, text]) => text))
    const metadata = { watermarks: new Float64Array(rows.length), offsets: Float64Array.from(added, ([offset]) => offset) }
    this.add(internals.make(rows.schema, internals.sources(rows), rows.length, metadata, 'task'))
    this.#fresh = new Set()
    this.#saved = { left: this.#left, held: this.#held }
  }
}

/** Returns a time as JSON has it: null before all times. The end of a source is after all. */
export const savedTime = (time: number): number | null => (time === Number.NEGATIVE_INFINITY ? null : Math.min(time, Number.MAX_VALUE))

/** Returns how many rows of a segment are before a time. */
function endOf({ times, order, left }: Segment<unknown>, threshold: number): number {
  let [low, high] = [left, order.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[order[middle] as number] as number) < threshold) low = middle + 1
    else high = middle
  }
  return low
}
