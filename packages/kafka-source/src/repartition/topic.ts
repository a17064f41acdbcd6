import { isTicketsError, TicketsError } from '@tickets/core'
import { ensureTopic } from '../admin/topic.ts'
import { createKafka, withCluster } from '../client/client.ts'
import { withTicketsErrors } from '../client/errors.ts'
import { loadTopics, offsetsAt, partitionsOf } from '../client/metadata.ts'
import type { Cluster } from '../client/port.ts'
import type { RepartitionSettings } from './options.ts'

/** Makes sure that the topic exists with the given number of partitions. Returns how many messages it ever had, at least. */
export async function readyTopic(settings: Omit<RepartitionSettings<unknown>, 'schema'>): Promise<number> {
  try {
    return await look(settings)
  } catch (error) {
    if (!isTicketsError(error, 'SOURCE_MISSING')) throw error
    const { connection, topic, partitions, replicationFactor, config } = settings
    await ensureTopic({ ...connection, topic, partitions, replicationFactor, config })
    return look(settings)
  }
}

async function look({
  connection,
  brokers,
  topic,
  partitions,
}: Pick<RepartitionSettings<unknown>, 'connection' | 'brokers' | 'topic' | 'partitions'>): Promise<number> {
  const ask = async (cluster: Cluster) => {
    await loadTopics(cluster, [topic], brokers)
    const numbers = partitionsOf(cluster, topic)
    if (numbers.length !== partitions)
      throw new TicketsError(
        'OPTION_INVALID',
        `${topic} has ${numbers.length} partitions, and \`repartition\` was told ${partitions}: rows of one key would lie in two of them. Say what it has, or use another topic`,
      )
    const ends = await offsetsAt(cluster, topic, numbers, 'latest')
    return [...ends.values()].reduce((sum, end) => sum + Math.max(0, end), 0)
  }
  return withTicketsErrors(brokers, () => withCluster(createKafka(connection, { retries: 3 }), ask), { topics: [topic], connection })
}
