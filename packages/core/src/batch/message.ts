/** One message as a source got it, before it is a row. */
export interface Message {
  /** The bytes of the value; null for a tombstone. */
  readonly value: Uint8Array | null
  /** Where it stands in its partition: a Kafka offset, a byte offset in a file, an index. */
  readonly offset: number
  /** The broker's time of the message in epoch milliseconds, where the source has one. */
  readonly timestamp?: number
  readonly key?: Uint8Array | null
}

/** A message that is no row, with the reason in words. */
export interface Rejected extends Message {
  readonly reason: string
  /** The event time of a row that was rejected only because it lies too far beyond the reference time, in epoch milliseconds. */
  readonly ahead?: number
}

/** Messages that lie in one buffer: the same as a `Message` each, without an object for each. */
export interface Slices {
  readonly bytes: Uint8Array
  /** Where each value begins in `bytes`. */
  readonly starts: Int32Array
  /** Where each value ends; before its start for a tombstone. */
  readonly ends: Int32Array
  readonly offsets: Float64Array
  /** The broker's times in epoch milliseconds, NaN where there is none. */
  readonly timestamps?: Float64Array
  /** How many messages, when the arrays are longer. */
  readonly length?: number
  /** The key of message `i`; asked for rejected messages only. */
  keyOf?(i: number): Uint8Array | null
}

export interface DecodeOptions {
  /** Reject rows whose event time is more than this many milliseconds after their message's `timestamp`. */
  readonly maxFuture?: number
  /** Reject rows whose event time is more than `maxFuture` after this time too, in epoch milliseconds: for messages whose own time is absent, or as wrong as the row's. */
  readonly reference?: number
}
