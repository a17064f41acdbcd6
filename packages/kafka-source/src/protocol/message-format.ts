import type { Decoded, DecodeOptions, Logger, Schema } from '@tickets/core'
import type { WorkerDecoder } from '@tickets/core/internal'
import type { Fetched } from './message-slices.ts'

/** Says how values of messages are encoded, other than as JSON. `avro`, `protobuf` and `jsonSchema` of `@tickets/kafka-source/registry` make one. */
export interface MessageFormat {
  /** What a log and errors call it, such as `avro`. */
  readonly name: string
  /** Returns what decodes the values of these topics as rows of the schema. */
  reader<T>(options: ValueReaderOptions<T>): ValueReader<T>
  /**
   * Returns what encodes rows of the schema, once the target's registry has their schema.
   *
   * @throws `SCHEMA_MISMATCH`, `SCHEMA_UNSUPPORTED`, `REGISTRY_UNREACHABLE`, `REGISTRY_REFUSED`
   */
  writer<T>(options: ValueWriterOptions<T>): Promise<ValueWriter<T>>
}

/** What a reader of values is made from. */
export interface ValueReaderOptions<T> {
  readonly schema: Schema<T>
  readonly topics: readonly string[]
  /** How long transient failures are retried, in milliseconds. */
  readonly retryFor: number
  readonly logger?: Logger | undefined
}

/** What a writer of values is made from. */
export interface ValueWriterOptions<T> {
  readonly schema: Schema<T>
  readonly topic: string
  /** How long transient failures are retried, in milliseconds. */
  readonly retryFor: number
  readonly logger?: Logger | undefined
}

/** The first message that cannot be decoded as the program is, and why. */
export interface Unreadable {
  /** Its place among the messages that were asked about. */
  readonly at: number
  readonly error: Error
}

/** Decodes values of messages. */
export interface ValueReader<T> {
  /** Compares what producers write now with the schema, before anything is read. */
  check(): Promise<void>
  /** Makes ready to decode these messages. Returns the first that has to stop the source; null where there is none. */
  prepare(fetched: Fetched, signal: AbortSignal): Promise<Unreadable | null>
  /** Decodes messages that it was made ready for. `worker` decodes JSON on another thread, where there is one. */
  decode(fetched: Fetched, options: DecodeOptions, worker: WorkerDecoder<T> | null): Decoded<T> | Promise<Decoded<T>>
}

/** Encodes a row as the value of a message. Throws for a row that cannot be encoded. */
export type ValueWriter<T> = (row: T) => Uint8Array
