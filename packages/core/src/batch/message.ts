/** One message as a source read it, before it is decoded. */
export interface Message {
  /** The bytes of the value; null for a tombstone. */
  readonly value: Uint8Array | null
  /** Its position in its partition: a Kafka offset, a byte offset in a file, an index. */
  readonly offset: number
  /** The broker's time of the message in epoch milliseconds, where the source has one. */
  readonly timestamp?: number
  readonly key?: Uint8Array | null
  /** Header → its bytes; of several of one name, the last one. */
  readonly headers?: Readonly<Record<string, Uint8Array | null>>
}

/** What columns can hold of a message beside its value. */
export type MessageNeed = 'key' | 'headers' | 'timestamp' | 'offset' | 'partition'

/** An invalid message, with the reason in words. */
export interface Rejected extends Message {
  readonly reason: string
  /** The event time of a row that was rejected only because it lies too far beyond the reference time, in epoch milliseconds. */
  readonly ahead?: number
}

/** Messages that lie in one buffer, without an object for each. */
export interface Slices {
  readonly bytes: Uint8Array
  /** Where each value begins in `bytes`. */
  readonly starts: Int32Array
  /** Where each value ends. A tombstone ends before its start. */
  readonly ends: Int32Array
  readonly offsets: Float64Array
  /** The broker's times in epoch milliseconds, NaN where there is none. */
  readonly timestamps?: Float64Array
  /** How many messages, when the arrays are longer. */
  readonly length?: number
  /** Returns the key of message `i`. Called for rejected messages, and where the schema needs keys. */
  keyOf?(i: number): Uint8Array | null
  /** Returns a header of message `i`, the last one of this name; null where there is none. Called where the schema needs headers. */
  headerOf?(i: number, name: string): Uint8Array | null
}

/** Options of `Schema.decode`. */
export interface DecodeOptions {
  /** Reject rows whose event time is more than this many milliseconds after their message's `timestamp`. */
  readonly maxFuture?: number
  /** Reject rows whose event time is more than `maxFuture` after this time, in epoch milliseconds: for messages whose own time is absent or wrong. */
  readonly reference?: number
  /** The number of the messages' partition, for schemas that need it. */
  readonly partition?: number
}
