import { TicketsError } from '../base/errors.ts'
import type { Decoded, Schema } from '../batch/batch.ts'
import type { DecodeOptions, Message } from '../batch/message.ts'
import { BatchDecoder } from './batch-decoder.ts'
import { envelopeOf } from './decode.ts'
import { decodesByZod } from './define.ts'
import { TOMBSTONE, verdictOf } from './verdict.ts'

/** A message whose bytes another format than JSON has decoded, such as Avro. */
export interface ParsedMessage extends Omit<Message, 'value'> {
  /** The value as JSON.parse would give it. */
  readonly value?: unknown
  /** The bytes, for the dead letter; null for a tombstone, which is invalid whatever `value` is. */
  readonly raw: Uint8Array | null
  /** Set where the bytes could not be decoded: the message is invalid for this reason. */
  readonly reason?: string
}

/**
 * Decodes messages that are values already: the schema judges them as it judges what JSON.parse returns, so decimals may be text or numbers.
 *
 * @throws `OPTION_INVALID` for a schema with a `decode` of the user's own, which takes bytes
 * @example
 * decodeValues(Ping, [{ value: { id: 'a', at: '2026-01-01T00:00:00Z' }, raw: bytes, offset: 7 }]).batch.length // 1
 */
export function decodeValues<T>(schema: Schema<T>, messages: readonly ParsedMessage[], options: DecodeOptions = {}): Decoded<T> {
  if (!decodesByZod(schema))
    throw new TicketsError('OPTION_INVALID', `${schema.name} has a \`decode\` of its own, which takes JSON: use a schema as defineSchema makes it`)
  const decoder = new BatchDecoder(schema, false)
  decoder.begin(messages.length, options)
  for (const { value, raw, reason, ...message } of messages) {
    const { offset, timestamp } = message
    const verdict = raw === null ? { reason: TOMBSTONE } : reason === undefined ? verdictOf(schema, value, envelopeOf(message, options)) : { reason }
    const rejection = decoder.take(verdict, offset, timestamp)
    if (rejection !== null) decoder.rejected.push({ ...message, value: raw, ...rejection })
  }
  return decoder.finish<T>()
}
