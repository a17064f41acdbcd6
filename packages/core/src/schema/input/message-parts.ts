import { base64Of } from '../../values/json-text.ts'
import type { MessagePart } from '../../values/message-columns.ts'

/** A message without its value, as columns see it. */
export interface Envelope {
  readonly offset: number
  /** In epoch milliseconds. */
  readonly timestamp: number | undefined
  readonly partition: number | undefined
  key(): Uint8Array | null
  header(name: string): Uint8Array | null
}

/** What a part of a message is in a row, or why it is nothing. */
export type PartValue = { readonly value: string | number | Date | Uint8Array | null } | { readonly issue: string }

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The years 0 to 9999 in epoch milliseconds: what ISO text of an instant can say. */
const [FIRST_MS, LAST_MS] = [-62_167_219_200_000, 253_402_300_799_999]

function bytesPart(name: string, bytes: Uint8Array | null, as: 'text' | 'bytes'): PartValue {
  // Not a view: what was fetched is freed before the row is.
  if (bytes === null || as === 'bytes') return { value: bytes?.slice() ?? null }
  try {
    return { value: utf8.decode(bytes) }
  } catch {
    return { issue: `${name} of the message is not valid UTF-8: take it with { as: 'bytes' }` }
  }
}

/** Returns a part of a message as a row has it. */
export function readPart(part: MessagePart, message: Envelope): PartValue {
  switch (part.of) {
    case 'key':
      return bytesPart('the key', message.key(), part.as)
    case 'header':
      return bytesPart(`the header "${part.name}"`, message.header(part.name), part.as)
    case 'timestamp': {
      const { timestamp } = message
      if (timestamp === undefined) return { issue: 'the message has no timestamp' }
      const isInstant = timestamp >= FIRST_MS && timestamp <= LAST_MS
      return isInstant ? { value: new Date(timestamp) } : { issue: `the timestamp of the message, ${timestamp} ms, is in no year from 0 to 9999` }
    }
    case 'offset':
      return { value: message.offset }
    case 'partition':
      return message.partition === undefined ? { issue: 'the source does not say of which partition the message is' } : { value: message.partition }
  }
}

/** Returns a part in the form in which the zod type of its column takes it. */
export function inputOfPart(value: string | number | Date | Uint8Array | null): string | number | null {
  if (value instanceof Date) return value.toISOString()
  return value instanceof Uint8Array ? base64Of(value) : value
}
