import { isTicketsError, TicketsError } from '@tickets/core'
import { retry } from '@tickets/core/internal'
import { closeClient, createKafka, withCluster } from '../client/client.ts'
import { chain, isNamed, type KafkaError, withTicketsErrors } from '../client/errors.ts'
import { loadTopics, offsetsAt, partitionsOf } from '../client/metadata.ts'
import type { Admin } from '../client/port.ts'
import type { Subject } from '../client/subject.ts'
import type { ConnectionOptions } from '../connection/connection-options.ts'
import { checkBrokers } from '../connection/connection-options.ts'

/** Settings of `ensureTopic`. */
export interface TopicOptions extends ConnectionOptions {
  readonly topic: string
  /** For a new topic; 3 by default. */
  readonly partitions?: number
  /** For a new topic; the broker's default when absent. */
  readonly replicationFactor?: number
  /** The configuration of a new topic, such as `{ 'retention.ms': '86400000' }`. */
  readonly config?: Readonly<Record<string, string>>
}

/** How long a new topic may take until all its partitions have leaders that answer, in milliseconds. */
const READY_MS = 60_000
/** How long the broker may take to answer that it has created a topic, in milliseconds; it continues after that. */
const CREATE_MS = 20_000
const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 1000

/**
 * Creates a topic if it is not there, and returns what is there now; an existing topic is left as it is. A new topic can be used when this returns:
 * each of its partitions has a leader that answers.
 *
 * @throws `SOURCE_UNREACHABLE`, or `SOURCE_FAILED` when the broker refuses to create it
 * @example
 * await ensureTopic({ brokers: ['localhost:9092'], topic: 'client_tickets' }) // { topic: 'client_tickets', partitions: 3, created: true }
 */
export async function ensureTopic(options: TopicOptions): Promise<{ topic: string; partitions: number; created: boolean }> {
  const { topic, partitions = 3 } = options
  if (!Number.isSafeInteger(partitions) || partitions < 1)
    throw new TicketsError('OPTION_INVALID', `partitions is a whole number greater than 0, got ${partitions}`)
  const brokers = checkBrokers(options.brokers)
  let reached = false
  /** An answer was lost or came too late, and the topic may be ours. */
  let asked = false
  const create = async () => {
    const kafka = createKafka(options, { retries: 3 })
    const admin = kafka.admin()
    try {
      await admin.connect()
      reached = true
      const created = await createIn(admin, options)
      return created || asked
    } catch (error) {
      asked ||= reached
      throw error
    } finally {
      await closeClient(kafka, () => admin.disconnect())
    }
  }
  const look = () =>
    withCluster(createKafka(options, { retries: 3 }), async (cluster) => {
      await loadTopics(cluster, [topic], brokers)
      const numbers = partitionsOf(cluster, topic)
      // A partition has a leader in the metadata before that leader knows it.
      if (created) await offsetsAt(cluster, topic, numbers, 'latest')
      return numbers.length
    })
  const isPassing = (error: TicketsError) =>
    reached ? error.retryable || error.code === 'SOURCE_MISSING' : error.retryable && isNamed(error.cause, /^(KafkaJS)?ConnectionClosedError$/)
  const created = await untilReady(create, isPassing, { topics: [topic], doing: 'create', connection: options }, brokers)
  return { topic, partitions: await untilReady(look, isPassing, { topics: [topic], connection: options }, brokers), created }
}

async function createIn(admin: Admin, { topic, brokers, partitions = 3, replicationFactor = -1, config = {} }: TopicOptions): Promise<boolean> {
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }))
  try {
    const topics = [{ topic, numPartitions: partitions, replicationFactor, configEntries }]
    return await admin.createTopics({ topics, waitForLeaders: false, timeout: CREATE_MS })
  } catch (error) {
    const refused = reasonsIn(error)
    const denied = refused.find(({ type = '' }) => type.endsWith('AUTHORIZATION_FAILED'))
    if (denied) throw denied
    if (refused.length === 0 || refused.some(({ retriable }) => retriable)) throw refused[0] ?? error
    const asked = `${partitions} partitions, replicationFactor ${replicationFactor} and config ${JSON.stringify(config)}`
    const message = `The Kafka broker at ${brokers.join(', ')} refuses to create the topic "${topic}" with ${asked}: ${refused.map(({ message }) => message).join('; ')}`
    throw new TicketsError('SOURCE_FAILED', message, { cause: error })
  }
}

/** Returns the errors of an aggregate, which is what the client throws for topics. */
function reasonsIn(error: unknown): KafkaError[] {
  const [first] = chain(error)
  return first && 'errors' in first && Array.isArray(first.errors) ? first.errors.flatMap((one) => chain(one).slice(0, 1)) : []
}

/** Runs `work` again after transient errors, for as long as a new topic may take. */
function untilReady<R>(
  work: () => Promise<R>,
  isPassing: (error: TicketsError) => boolean,
  subject: Subject,
  brokers: readonly string[],
): Promise<R> {
  const deadline = performance.now() + READY_MS
  return retry(() => withTicketsErrors(brokers, work, subject), {
    first: FIRST_PAUSE_MS,
    longest: LONGEST_PAUSE_MS,
    again: (error) => isTicketsError(error) && isPassing(error) && performance.now() <= deadline,
  })
}
