import { TicketsError } from '@tickets/core'
import { createKafka } from './client.ts'
import { inOurWords } from './errors.ts'
import type { ConnectionOptions } from './options.ts'
import { checkBrokers } from './settings.ts'

export interface TopicOptions extends ConnectionOptions {
  readonly topic: string
  /** For a new topic; 3 by default. */
  readonly partitions?: number
  /** For a new topic; the broker's default when absent. */
  readonly replicationFactor?: number
  /** The configuration of a new topic, such as `{ 'retention.ms': '86400000' }`. */
  readonly config?: Readonly<Record<string, string>>
}

/**
 * Creates a topic if it is not there, and says what is there now; an existing topic is left as it is.
 *
 * @throws `SOURCE_UNREACHABLE`, or `SOURCE_FAILED` when the broker refuses to create it
 * @example
 * await ensureTopic({ brokers: ['localhost:9092'], topic: 'client_tickets' }) // { topic: 'client_tickets', partitions: 3, created: true }
 */
export async function ensureTopic(options: TopicOptions): Promise<{ topic: string; partitions: number; created: boolean }> {
  const { topic, partitions = 3, replicationFactor = -1, config = {} } = options
  if (!Number.isSafeInteger(partitions) || partitions < 1)
    throw new TicketsError('OPTION_INVALID', `partitions is a whole number greater than 0, got ${partitions}`)
  const brokers = checkBrokers(options.brokers)
  const admin = createKafka(options, { retries: 3 }).admin()
  return inOurWords(brokers, async () => {
    try {
      await admin.connect()
      const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }))
      const created = await admin.createTopics({
        topics: [{ topic, numPartitions: partitions, replicationFactor, configEntries }],
        waitForLeaders: true,
      })
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
      return { topic, partitions: topics[0]?.partitions.length ?? 0, created }
    } finally {
      await admin.disconnect()
    }
  })
}
