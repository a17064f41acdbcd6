import * as z from 'zod'
import type { $ZodType } from 'zod/v4/core'
import { bytes } from './bytes.ts'
import { instant } from './instant.ts'

/** What of a message, beside its value, a column holds. */
export type MessagePart =
  | { readonly of: 'key'; readonly as: 'text' | 'bytes' }
  | { readonly of: 'header'; readonly name: string; readonly as: 'text' | 'bytes' }
  | { readonly of: 'timestamp' | 'offset' | 'partition' }

declare const fromMessage: unique symbol

/** The zod type of a column that is filled from the message around the value, never from the value itself. */
export type MessageColumn<Z extends $ZodType = $ZodType> = Z & { readonly [fromMessage]: true }

/** How bytes of a message become a value: UTF-8 text, or the bytes themselves. */
export interface MessageBytesOptions {
  readonly as: 'bytes'
}

/** The checks that mark the types below. */
const marks = new WeakMap<object, MessagePart>()

function mark(part: MessagePart): () => true {
  const isAny = (): true => true
  marks.set(isAny, part)
  return isAny
}

/** Returns what of a message the column of a check holds. */
export const partOfCheck = (fn: unknown): MessagePart | undefined => (typeof fn === 'function' ? marks.get(fn) : undefined)

const textOf = (part: MessagePart) => z.string().nullable().refine(mark(part))
const bytesOf = (part: MessagePart) => bytes().nullable().refine(mark(part))
const instantOf = (part: MessagePart) => instant().refine(mark(part))
const numberOf = (part: MessagePart) => z.int().refine(mark(part))

type Text = MessageColumn<ReturnType<typeof textOf>>
type Bytes = MessageColumn<ReturnType<typeof bytesOf>>

/**
 * Returns the zod type of a column with the message's key: UTF-8 text, or `{ as: 'bytes' }`. It is null where the message has no key. A key that is not
 * UTF-8 makes the message invalid, unless it is taken as bytes.
 *
 * @example
 * defineSchema(z.object({ at: instant(), user: messageKey() }), { name: 'click', time: 'at' }).fields[1]?.kind // 'string'
 */
export function messageKey(): Text
export function messageKey(options: MessageBytesOptions): Bytes
export function messageKey(options?: MessageBytesOptions): Text | Bytes {
  return options ? (bytesOf({ of: 'key', as: 'bytes' }) as Bytes) : (textOf({ of: 'key', as: 'text' }) as Text)
}

/**
 * Returns the zod type of a column with a header of the message: UTF-8 text, or `{ as: 'bytes' }`. It is null where the message has no such header. Of
 * several headers of the name the last one counts.
 *
 * @example
 * defineSchema(z.object({ at: instant(), trace: messageHeader('trace-id') }), { name: 'click', time: 'at' }).fields[1]?.nullable // true
 */
export function messageHeader(name: string): Text
export function messageHeader(name: string, options: MessageBytesOptions): Bytes
export function messageHeader(name: string, options?: MessageBytesOptions): Text | Bytes {
  return options ? (bytesOf({ of: 'header', name, as: 'bytes' }) as Bytes) : (textOf({ of: 'header', name, as: 'text' }) as Text)
}

/**
 * Returns the zod type of a column with the time of the message: that of the producer or of the broker, as the topic is set up. It may be the event time. A
 * message without a time is invalid.
 *
 * @example
 * defineSchema(z.object({ at: messageTimestamp(), n: z.int() }), { name: 'click', time: 'at' }).time // 'at'
 */
export function messageTimestamp() {
  return instantOf({ of: 'timestamp' }) as MessageColumn<ReturnType<typeof instantOf>>
}

/**
 * Returns the zod type of a column with the position of the message in its partition: a Kafka offset, or the byte at which a line of a file begins.
 *
 * @example
 * defineSchema(z.object({ at: instant(), position: messageOffset() }), { name: 'click', time: 'at' }).fields[1]?.kind // 'integer'
 */
export function messageOffset() {
  return numberOf({ of: 'offset' }) as MessageColumn<ReturnType<typeof numberOf>>
}

/**
 * Returns the zod type of a column with the number of the message's partition.
 *
 * @example
 * defineSchema(z.object({ at: instant(), part: messagePartition() }), { name: 'click', time: 'at' }).fields[1]?.kind // 'integer'
 */
export function messagePartition() {
  return numberOf({ of: 'partition' }) as MessageColumn<ReturnType<typeof numberOf>>
}
