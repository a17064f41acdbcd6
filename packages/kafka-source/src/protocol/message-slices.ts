import type { Slices } from '@tickets/core'
import { headerIn } from './record-headers.ts'

interface Segment {
  readonly buffer: ArrayBufferLike
  /** The first message in it. */
  readonly first: number
  from: number
  to: number
}

/** Messages in one buffer, with where each ends: its headers lie between its value and there. */
export interface Fetched extends Slices {
  readonly limits: Int32Array
  readonly length: number
}

/** Messages as places in buffers, collected without an object for each; used again and again. */
export class SliceList {
  length = 0
  /** Bytes of keys and values. */
  size = 0
  #starts = new Int32Array(1024)
  #ends = new Int32Array(1024)
  #limits = new Int32Array(1024)
  #offsets = new Float64Array(1024)
  #timestamps = new Float64Array(1024)
  #keyStarts = new Int32Array(1024)
  #keyEnds = new Int32Array(1024)
  #segments: Segment[] = []

  /** The offset of the last message. */
  get last(): number {
    return this.#offsets[this.length - 1] ?? -1
  }

  /** The broker's time of the last message, in epoch milliseconds; undefined where there is none. */
  get lastTimestamp(): number | undefined {
    const timestamp = this.#timestamps[this.length - 1]
    return timestamp === undefined || Number.isNaN(timestamp) ? undefined : timestamp
  }

  /** The offset of message `i`. */
  offsetOf(i: number): number {
    return this.#offsets[i] ?? -1
  }

  clear(): void {
    this.length = 0
    this.size = 0
    this.#segments = []
  }

  /** Messages added from here on lie between these places of this buffer. */
  open(buffer: ArrayBufferLike, from: number, to: number): void {
    const last = this.#segments.at(-1)
    if (last?.buffer !== buffer) this.#segments.push({ buffer, first: this.length, from, to })
    else {
      last.from = Math.min(last.from, from)
      last.to = Math.max(last.to, to)
    }
  }

  /** Whether what was added last lies in this buffer. */
  isIn(buffer: ArrayBufferLike): boolean {
    return this.#segments.at(-1)?.buffer === buffer
  }

  /** Adds a message; what is null ends before it starts. Headers lie between the value and `limit`. */
  add(offset: number, timestamp: number, keyStart: number, keyEnd: number, start: number, end: number, limit: number): void {
    const i = this.length
    if (i === this.#starts.length) this.#grow()
    this.#starts[i] = start
    this.#ends[i] = end
    this.#limits[i] = limit
    this.#offsets[i] = offset
    this.#timestamps[i] = timestamp
    this.#keyStarts[i] = keyStart
    this.#keyEnds[i] = keyEnd
    this.size += Math.max(0, keyEnd - keyStart) + Math.max(0, end - start)
    this.length = i + 1
  }

  /** All of them in one buffer; valid until the next `clear`. */
  slices(): Fetched {
    const bytes = this.#segments.length > 1 ? this.#join() : new Uint8Array(this.#segments[0]?.buffer ?? new ArrayBuffer(0))
    const [keyStarts, keyEnds, starts, ends, limits] = [this.#keyStarts, this.#keyEnds, this.#starts, this.#ends, this.#limits]
    return {
      bytes,
      starts,
      ends,
      limits,
      offsets: this.#offsets,
      timestamps: this.#timestamps,
      length: this.length,
      keyOf: (i) => {
        const [start = 0, end = -1] = [keyStarts[i], keyEnds[i]]
        return end < start ? null : bytes.subarray(start, end)
      },
      // A value that is null ends before it starts: its headers begin where it would.
      headerOf: (i, name) => headerIn(bytes, Math.max(starts[i] as number, ends[i] as number), limits[i] as number, name),
    }
  }

  /** Several answers of brokers, or decompressed batches, put end to end: one decoding of many rows is worth the copy. */
  #join(): Uint8Array {
    const joined = new Uint8Array(this.#segments.reduce((sum, { from, to }) => sum + to - from, 0))
    let at = 0
    this.#segments.forEach(({ buffer, from, to, first }, s) => {
      joined.set(new Uint8Array(buffer, from, to - from), at)
      const until = this.#segments[s + 1]?.first ?? this.length
      for (const places of [this.#starts, this.#ends, this.#limits, this.#keyStarts, this.#keyEnds]) {
        for (let i = first; i < until; i++) places[i] = (places[i] as number) + at - from
      }
      at += to - from
    })
    return joined
  }

  #grow(): void {
    const longer = <A extends Int32Array | Float64Array>(array: A): A => {
      const grown = new (array.constructor as new (length: number) => A)(array.length * 2)
      grown.set(array)
      return grown
    }
    this.#starts = longer(this.#starts)
    this.#ends = longer(this.#ends)
    this.#limits = longer(this.#limits)
    this.#offsets = longer(this.#offsets)
    this.#timestamps = longer(this.#timestamps)
    this.#keyStarts = longer(this.#keyStarts)
    this.#keyEnds = longer(this.#keyEnds)
  }
}
