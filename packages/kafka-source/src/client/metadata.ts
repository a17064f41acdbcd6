import { TicketsError } from '@tickets/core'
import { type Clock, retry, systemClock } from '@tickets/core/internal'
import { chain, isNamed } from './errors.ts'
import type { Cluster } from './port.ts'
import { deniedTopics } from './topic-ids.ts'

/** Returns `<topic>-<partition>`, the id of a partition and its task. */
export const partitionId = (topic: string, partition: number): string => `${topic}-${partition}`

/** Returns topic and partition of an id that `partitionId` made. Throws `OPTION_INVALID` for any other text. */
export function parsePartitionId(id: string): { topic: string; partition: number } {
  const at = id.lastIndexOf('-')
  const partition = Number(id.slice(at + 1))
  if (at > 0 && id.length > at + 1 && Number.isInteger(partition)) return { topic: id.slice(0, at), partition }
  throw new TicketsError('OPTION_INVALID', `"${id}" is no Kafka partition: expected <topic>-<number>`)
}

/** Loads the metadata of these topics; throws `SOURCE_MISSING` for one that is not there. */
export async function loadTopics(cluster: Cluster, topics: readonly string[], brokers: readonly string[]): Promise<void> {
  // kafkajs answers null when a connection breaks just then.
  const answer: Awaited<ReturnType<Cluster['metadata']>> | null = await cluster.metadata()
  if (!answer) {
    const message = `No Kafka broker answers at ${brokers.join(', ')} (the connection broke): start it, or correct \`brokers\``
    throw new TicketsError('SOURCE_UNREACHABLE', message, { retryable: true })
  }
  const { topicMetadata } = answer
  const there = topicMetadata.map((t) => t.topic).filter((name) => !name.startsWith('__'))
  const missing = topics.filter((topic) => !there.includes(topic))
  const hidden = missing.length > 0 ? await deniedTopics(cluster, missing) : []
  if (hidden.length > 0) {
    const names = hidden.map((name) => `"${name}"`).join(', ')
    const message = `The Kafka broker at ${brokers.join(', ')} does not allow this user to see the topic ${names}: allow DESCRIBE on it, which READ and WRITE include. It says so too of a topic that does not exist: check the name`
    throw new TicketsError('SOURCE_FAILED', message)
  }
  if (missing.length > 0) {
    const names = missing.map((name) => `"${name}"`).join(', ')
    const others =
      there.length === 0
        ? 'no topic that this user may see'
        : `${there.sort().slice(0, 10).join(', ')}${there.length > 10 ? ` and ${there.length - 10} more` : ''}`
    const create = `ensureTopic({ brokers: ['${brokers[0]}'], topic: '${missing[0]}' })`
    throw new TicketsError(
      'SOURCE_MISSING',
      `Kafka at ${brokers.join(', ')} has no topic ${names}; it has ${others}. Correct the name, or create it: ${create}`,
    )
  }
  await cluster.addMultipleTargetTopics([...topics])
}

/** Returns the names of all topics. Throws if no broker answers. */
export async function topicNames(cluster: Cluster): Promise<Set<string>> {
  const answer: Awaited<ReturnType<Cluster['metadata']>> | null = await cluster.metadata()
  if (!answer) throw new TicketsError('SOURCE_UNREACHABLE', 'No Kafka broker told its topics', { retryable: true })
  return new Set(answer.topicMetadata.map(({ topic }) => topic))
}

/** Returns the partitions of a topic whose metadata is loaded, in order. Throws if the broker named none, since every topic has one. */
export function partitionsOf(cluster: Cluster, topic: string): number[] {
  const partitions = cluster.findTopicPartitionMetadata(topic).map((p) => p.partitionId)
  if (partitions.length > 0) return partitions.sort((a, b) => a - b)
  throw new TicketsError('SOURCE_UNREACHABLE', `The Kafka broker did not tell the partitions of ${topic}: try again`, { retryable: true })
}

/** Elections, and leaders that moved: the list of leaders is old. */
const stale = /NOT_LEADER|LEADER_NOT_AVAILABLE|UNKNOWN_TOPIC_OR_PARTITION|FENCED_LEADER_EPOCH|UNKNOWN_LEADER_EPOCH|OFFSET_NOT_AVAILABLE/

/** How often the offsets are asked for; with growing pauses, about three seconds. */
const TRIES = 6

/**
 * Returns offsets of partitions: the earliest, the one after the last that can be read, or that of the first message at a time (-1 if no message
 * is as late).
 */
export async function offsetsAt(
  cluster: Cluster,
  topic: string,
  partitions: readonly number[],
  at: 'earliest' | 'latest' | number,
  clock: Clock = systemClock,
): Promise<Map<number, number>> {
  const where = typeof at === 'number' ? { fromTimestamp: at } : { fromBeginning: at === 'earliest' }
  const list = partitions.map((partition) => ({ partition }))
  let isStale = false
  const ask = async () => {
    if (isStale) await cluster.refreshMetadata()
    const [answer] = await cluster.fetchTopicsOffset([{ topic, partitions: list, ...where }] as Parameters<Cluster['fetchTopicsOffset']>[0])
    return checkAll(topic, partitions, new Map(answer?.partitions.map((p) => [p.partition, Number(p.offset)])))
  }
  const again = (error: unknown, failures: number) => {
    isStale = stale.test(chain(error)[0]?.type ?? '') || isNamed(error, /Connection|BrokerNotFound/)
    return isStale && failures < TRIES
  }
  return retry(ask, { again, clock })
}

/** A partition without an offset in the answer has an offset that is not known, and not none. */
function checkAll(topic: string, partitions: readonly number[], found: Map<number, number>): Map<number, number> {
  const missing = partitions.filter((partition) => !found.has(partition))
  if (missing.length === 0) return found
  const names = missing.map((partition) => partitionId(topic, partition)).join(', ')
  throw new TicketsError('SOURCE_UNREACHABLE', `The Kafka broker did not tell the offsets of ${names}: try again`, { retryable: true })
}

/** Returns the first position of a partition that can be read, and the position after the last one. */
export async function boundsOf(cluster: Cluster, topic: string, partition: number): Promise<{ earliest: number; end: number }> {
  const [earliest, end] = await Promise.all((['earliest', 'latest'] as const).map((at) => offsetsAt(cluster, topic, [partition], at)))
  return { earliest: earliest?.get(partition) ?? 0, end: end?.get(partition) ?? 0 }
}

/** Refuses a position that the partition does not have. */
export function checkPosition(id: string, what: 'position' | 'bound', at: number, { earliest, end }: { earliest: number; end: number }): void {
  if (at < earliest) {
    const message = `${id}: ${what} ${at} is gone, the topic begins at ${earliest} (retention, or deleted records). Give the topic a longer retention; to continue without what is lost, start over with a fresh log`
    throw new TicketsError('POSITION_GONE', message)
  }
  if (at > end) {
    const message = `${id}: ${what} ${at} is behind the end of the topic, ${end}: it was probably deleted and created again. Start over with a fresh log, or restore the topic`
    throw new TicketsError('POSITION_AHEAD', message)
  }
}
