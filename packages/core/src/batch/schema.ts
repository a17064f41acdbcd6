import type { $ZodShape, $ZodType, output } from 'zod/v4/core'
import type { Batch } from './batch.ts'

/** The seven kinds of column. `integer` is INT64 in files, `int32` INT32, `number` DOUBLE, `instant` TIMESTAMP(ms, UTC). */
export type Kind = 'string' | 'enum' | 'number' | 'integer' | 'int32' | 'boolean' | 'instant'

/** One column of a schema. */
export interface Field {
  readonly name: string
  readonly kind: Kind
  /** The members of an enum in their order; empty for the other kinds. */
  readonly values: readonly string[]
  /** The key may be absent from a row. Never true together with `nullable`. */
  readonly optional: boolean
  /** The value may be null. */
  readonly nullable: boolean
}

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

export interface Decoded<out T> {
  readonly batch: Batch<T>
  readonly rejected: readonly Rejected[]
}

/** The JSON Schema of a row as it stands in a message (draft 2020-12). */
export type JsonSchema = Record<string, unknown>

/** Flattens an intersection, so that editors show the row and not how it was made. */
export type Simplify<T> = { [K in keyof T]: T[K] } & {}

/**
 * The single truth about a kind of row: its type, its validation, its columns, its JSON Schema, its decoder.
 * Made by `defineSchema`.
 */
export interface Schema<out T> {
  readonly name: string
  readonly version: number
  /** The column that holds the event time; empty for rows that have none, such as dead letters. */
  readonly time: string
  /** The columns that tell rows apart: a window's bounds and `by`; empty for plain rows. */
  readonly keys: readonly string[]
  readonly zod: $ZodType<T>
  readonly fields: readonly Field[]
  /** Decodes messages to one batch, in their order; what is not a row comes back in `rejected`, with the reason. Never throws on bad input. */
  decode(messages: readonly Message[], options?: DecodeOptions): Decoded<T>
  /** The same for messages that lie in one buffer, such as the lines of a file. */
  decodeSlices(slices: Slices, options?: DecodeOptions): Decoded<T>
  /** The same rows with more columns, under a new name. A column of the same name is replaced. */
  extend<U, const S extends $ZodShape>(this: Schema<U>, name: string, shape: S): Schema<Simplify<Omit<U, keyof S> & ShapeRow<S>>>
  jsonSchema(): JsonSchema
}

/** The rows of a schema: `RowOf<typeof Ticket>`. */
export type RowOf<S> = S extends Schema<infer T> ? T : never

/** The row type of a zod shape: optional columns may be absent. */
export type ShapeRow<S extends $ZodShape> = Simplify<
  { -readonly [K in keyof S as undefined extends output<S[K]> ? never : K]: output<S[K]> } & {
    -readonly [K in keyof S as undefined extends output<S[K]> ? K : never]?: output<S[K]>
  }
>
