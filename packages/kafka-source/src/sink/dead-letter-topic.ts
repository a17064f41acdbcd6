import type { DeadLetter, Sink } from '@tickets/core'
import { parsePartitionId } from '../client/metadata.ts'
import type { KafkaSinkOptions } from './options.ts'
import { kafkaSink } from './sink.ts'

const bytesOf = (text: string | null, encoding: DeadLetter['encoding']) => (text === null ? null : Buffer.from(text, encoding))

/**
 * Takes dead letters to a topic, for `deadLetters`: key and value are the message's own bytes, and headers say where it came from and why.
 *
 * Exactly once for consumers that read committed messages. Headers: `source.topic`, `source.partition`, `source.offset` (which together tell a
 * repeat for those that do not), `source.timestamp` where there is one (ISO), `reason`.
 *
 * @throws as `kafkaSink`
 * @example
 * deadLetterTopic({ brokers: ['localhost:9092'], topic: 'dead_letters', staging: 'data/staging' }).target // 'kafka:localhost:9092/dead_letters'
 */
export function deadLetterTopic(options: Omit<KafkaSinkOptions<DeadLetter>, 'key' | 'value' | 'deleteWhen' | 'headers'>): Sink<DeadLetter> {
  return kafkaSink<DeadLetter>({
    ...options,
    key: ({ key, encoding }) => bytesOf(key, encoding),
    value: ({ value, encoding }) => bytesOf(value, encoding),
    headers: ({ topic, partition, position, timestamp, reason }) => ({
      'source.topic': topic,
      'source.partition': String(numberOf(partition)),
      'source.offset': String(position),
      ...(timestamp && { 'source.timestamp': timestamp.toISOString() }),
      reason,
    }),
  })
}

/** The number of a partition `<topic>-<number>`; its whole id for a source that names them otherwise. */
function numberOf(partition: string): number | string {
  try {
    return parsePartitionId(partition).partition
  } catch {
    return partition
  }
}
