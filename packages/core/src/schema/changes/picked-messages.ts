import type { Rejected, Slices } from '../../batch/message.ts'

/** Some messages of a piece, whose values may be parts of theirs. */
export class PickedMessages {
  readonly #places: Int32Array
  readonly #starts: Int32Array
  readonly #ends: Int32Array
  readonly #times: Float64Array
  #length = 0

  /** @param most how many messages there are at most */
  constructor(most: number) {
    this.#places = new Int32Array(most)
    this.#starts = new Int32Array(most)
    this.#ends = new Int32Array(most)
    this.#times = new Float64Array(most)
  }

  /** Adds message `at`, with the bytes of its value and its time in epoch milliseconds, or NaN. */
  add(at: number, start: number, end: number, time: number): void {
    const i = this.#length++
    this.#places[i] = at
    this.#starts[i] = start
    this.#ends[i] = end
    this.#times[i] = time
  }

  /** Returns them as messages of the piece. */
  of({ bytes, offsets, keyOf, headerOf }: Slices): Slices {
    const length = this.#length
    const places = this.#places.subarray(0, length)
    return {
      bytes,
      starts: this.#starts.subarray(0, length),
      ends: this.#ends.subarray(0, length),
      offsets: Float64Array.from(places, (at) => offsets[at] as number),
      timestamps: this.#times.subarray(0, length),
      length,
      ...(keyOf && { keyOf: (i: number) => keyOf(places[i] as number) }),
      ...(headerOf && { headerOf: (i: number, name: string) => headerOf(places[i] as number, name) }),
    }
  }
}

/** Returns the time of a message in epoch milliseconds; NaN where it has none. */
export const timeOf = ({ timestamps }: Slices, at: number): number => timestamps?.[at] ?? Number.NaN

/**
 * Returns the messages that were rejected as they came, in their order.
 *
 * @param judged those of which a part was rejected
 * @param reasons why others were, by position
 */
export function rejectedMessages(slices: Slices, judged: readonly Rejected[], reasons: ReadonlyMap<number, string>): Rejected[] {
  if (judged.length === 0 && reasons.size === 0) return []
  const { bytes, starts, ends, offsets, keyOf, length = starts.length } = slices
  const byOffset = new Map(judged.map((one) => [one.offset, one]))
  const all: Rejected[] = []
  for (let at = 0; at < length; at++) {
    const offset = offsets[at] as number
    const found = byOffset.get(offset)
    const reason = reasons.get(offset) ?? found?.reason
    if (reason === undefined) continue
    const [start, end, timestamp] = [starts[at] as number, ends[at] as number, timeOf(slices, at)]
    const value = end < start ? null : bytes.subarray(start, end)
    const time = Number.isNaN(timestamp) ? {} : { timestamp }
    all.push({ ...(found?.ahead === undefined ? {} : { ahead: found.ahead }), value, offset, ...time, key: keyOf?.(at) ?? null, reason })
  }
  return all
}
