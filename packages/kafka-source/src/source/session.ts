import { type Assignments, isTicketsError, messageOf, TicketsError } from '@tickets/core'
import { codeOf, logEvent } from '@tickets/core/internal'
import { closeClient, createKafka, withCluster } from '../client/client.ts'
import { withTicketsErrors } from '../client/errors.ts'
import { loadTopics, offsetsAt, partitionId, partitionsOf, topicNames } from '../client/metadata.ts'
import type { Cluster, Kafka } from '../client/port.ts'
import { withRetry } from '../client/retry.ts'
import type { Subject } from '../client/subject.ts'
import { topicIds } from '../client/topic-ids.ts'
import type { ConnectionOptions } from '../connection/connection-options.ts'
import { Fetcher } from './fetcher.ts'
import { Group, lostPartition } from './group.ts'
import { claimGroup, type KnownLog } from './group-claim.ts'
import { type Holding, WholeTopics } from './holding.ts'
import { answerWithin, type settings } from './options.ts'
import type { PartitionQueue } from './partition-queue.ts'
import { TopicWatch } from './topic-watch.ts'
import { type Stall, Watchdog } from './watchdog.ts'

export interface SessionOptions {
  readonly connection: ConnectionOptions
  /** Null: the session hands out all partitions, without a group. */
  readonly groupId: string | null
  readonly settings: ReturnType<typeof settings>
  readonly on: Assignments
  /** The ids that the topics had when the source was looked at; without those that the broker did not tell. */
  readonly ids: () => ReadonlyMap<string, string>
  /** The log that the group was compared with; null when it never was. */
  readonly log: KnownLog | null
  /** A client that hung was replaced. */
  readonly onStall: () => void
}

interface Client {
  readonly kafka: Kafka
  readonly cluster: Cluster
}

/** What a source has while it hands out partitions: a client that fetches, its watchdog, and how it comes by them. */
export class Session {
  readonly #o: SessionOptions
  readonly fetcher: Fetcher
  readonly #queues = new Set<PartitionQueue>()
  readonly #watchdog: Watchdog
  readonly #topicWatch: TopicWatch
  #client: Client
  /** Null until it has connected. */
  #holding: Holding | null = null
  #closed = false

  private constructor(options: SessionOptions, client: Client) {
    this.#o = options
    this.#client = client
    const { stallTimeout } = options.settings
    const { logger } = options.connection
    this.fetcher = new Fetcher(client.cluster, {
      ...options.settings,
      onHang: () => this.#client.kafka.drop(),
      missingTopics: () => this.#missingTopics(),
      onGap: ({ partition, from, to }) =>
        logEvent(
          logger,
          'kafka.offsets_skipped',
          { partition, from, to },
          `${partition}: nothing is at offsets ${from} to ${to - 1}: the broker said so again and again; reading continues behind them`,
        ),
    })
    this.#watchdog = new Watchdog({
      stallTimeout,
      queues: () => this.#queues,
      ends: (queues) => this.#askEnds(queues),
      onStall: (stalls) => this.#reconnect(stalls),
      onUnanswered: (error) =>
        logEvent(
          logger,
          'kafka.ends_unknown',
          { code: codeOf(error) },
          `whether the client hangs cannot be told, since the broker does not answer: ${messageOf(error)}`,
        ),
    })
    this.#topicWatch = new TopicWatch({
      ...options.settings,
      topicNames: () => topicNames(this.cluster),
      onGone: (error) => options.on.failed(error),
    })
  }

  /** Connects, and joins the group where there is one. */
  static async start(options: SessionOptions): Promise<Session> {
    const session = new Session(options, clientOf(options))
    try {
      await session.#start()
      return session
    } catch (error) {
      await session.close()
      throw error
    }
  }

  /** The connections that fetch; another after the client was replaced. */
  get cluster(): Cluster {
    return this.#client.cluster
  }

  has(partition: string): boolean {
    return this.#holding?.has(partition) === true
  }

  commit(topic: string, partition: number, position: number, note: string): void {
    this.#holding?.commit(topic, partition, position, note)
  }

  /** Fetches for a queue from now on; in a group an earlier one of the same partition ends. */
  add(queue: PartitionQueue): void {
    if (this.#holding?.isExclusive) for (const earlier of this.#queuesOf([idOf(queue)])) this.remove(earlier)
    this.#queues.add(queue)
    this.fetcher.add(queue)
  }

  remove(queue: PartitionQueue): void {
    this.fetcher.remove(queue)
    queue.fail(lostPartition(idOf(queue)))
    this.#queues.delete(queue)
  }

  #queuesOf(partitions: readonly string[]): PartitionQueue[] {
    return [...this.#queues].filter((queue) => partitions.includes(idOf(queue)))
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#watchdog.close()
    this.#topicWatch.close()
    await this.#holding?.close()
    for (const queue of [...this.#queues]) this.remove(queue)
    const { kafka, cluster } = this.#client
    await Promise.all([this.fetcher.close(), closeClient(kafka, () => cluster.disconnect())])
  }

  async #start(): Promise<void> {
    const { connection, groupId, settings, on } = this.#o
    const subject = { topics: settings.topics, groupId: groupId ?? undefined, connection }
    await withRetry({ ...settings, logger: connection.logger, subject }, 'connecting', async () => {
      // What an earlier try left may be a connection that nothing can be sent over.
      this.#client.kafka.drop()
      await connectTo(this.#client.cluster, settings)
    })
    if (groupId !== null) {
      this.#holding = await this.#join(groupId, subject)
      return
    }
    const whole = new WholeTopics(new Map(settings.topics.map((topic) => [topic, partitionsOf(this.cluster, topic)])))
    this.#holding = whole
    on.assigned(whole.partitions)
  }

  #join(groupId: string, subject: Subject): Promise<Group> {
    const { connection, settings, on, log } = this.#o
    return Group.join({
      ...settings,
      // A heartbeat that is not answered in half of the session's time is not going to be.
      kafka: (retry) => createKafka(connection, retry, Math.min(30_000, Math.max(1000, settings.sessionTimeout / 2))),
      groupId,
      on,
      // In twice its session an owner has noted its log, or lost its membership, after which all compare anew.
      admit: log
        ? (member) => {
            const { brokers, topics, sessionTimeout, retryFor } = settings
            const claimTimeout = 2 * sessionTimeout
            return claimGroup(
              { cluster: () => this.cluster, brokers, groupId, topics, log, claimTimeout, retryFor, logger: connection.logger },
              member,
            )
          }
        : undefined,
      onLost: (lost) => {
        for (const queue of this.#queuesOf(lost)) this.remove(queue)
      },
      logger: connection.logger,
      subject,
    })
  }

  /** Throws `SOURCE_CHANGED` for a topic that was deleted and created again; false when it is not there now. */
  async isSame(topic: string): Promise<boolean> {
    const { ids, settings } = this.#o
    const before = ids().get(topic)
    if (before === undefined) return true
    const now = (await withTicketsErrors(settings.brokers, () => topicIds(this.cluster, [topic]))).get(topic)
    if (now === undefined || now === before) return now === before
    throw new TicketsError(
      'SOURCE_CHANGED',
      `${topic} was deleted and created again while it was read: its positions mean other messages now. Start over with a new log`,
    )
  }

  /** The topics that are not there now; the queues of one that was created again fail. */
  async #missingTopics(): Promise<Set<string>> {
    const gone = new Set<string>()
    for (const topic of this.#o.settings.topics) {
      try {
        if (!(await this.isSame(topic))) gone.add(topic)
      } catch (error) {
        if (!isTicketsError(error, 'SOURCE_CHANGED')) throw error
        for (const queue of this.#queues) if (queue.topic === topic) queue.fail(error)
      }
    }
    return gone
  }

  async #askEnds(queues: readonly PartitionQueue[]): Promise<Map<string, number>> {
    const { topics, brokers } = this.#o.settings
    const ends = new Map<string, number>()
    await withCluster(kafkaOf(this.#o), async (cluster) => {
      await loadTopics(cluster, topics, brokers)
      for (const { topic, partition } of queues) {
        const found = await offsetsAt(cluster, topic, [partition], 'latest')
        ends.set(partitionId(topic, partition), found.get(partition) ?? 0)
      }
    })
    return ends
  }

  async #reconnect(stalls: readonly Stall[]): Promise<void> {
    const fresh = clientOf(this.#o)
    try {
      await connectTo(fresh.cluster, this.#o.settings)
    } catch (error) {
      await closeClient(fresh.kafka, () => fresh.cluster.disconnect())
      throw error
    }
    if (this.#closed) return closeClient(fresh.kafka, () => fresh.cluster.disconnect())
    const { logger } = this.#o.connection
    const stoodMs = this.#o.settings.stallTimeout
    const message = `nothing came for ${stoodMs} ms although there are messages: the client hangs, and connects anew`
    logEvent(logger, 'kafka.reconnected', { stoodMs, stalls }, message)
    this.#o.onStall()
    const old = this.#client
    this.#client = fresh
    this.fetcher.useCluster(fresh.cluster)
    old.kafka.drop()
    await closeClient(old.kafka, () => old.cluster.disconnect())
  }
}

const idOf = ({ topic, partition }: PartitionQueue): string => partitionId(topic, partition)

const kafkaOf = ({ connection, settings }: SessionOptions): Kafka => createKafka(connection, { retries: 3 }, answerWithin(settings))

function clientOf(options: SessionOptions): Client {
  const kafka = kafkaOf(options)
  return { kafka, cluster: kafka.cluster() }
}

async function connectTo(cluster: Cluster, { topics, brokers }: SessionOptions['settings']): Promise<void> {
  await cluster.connect()
  await loadTopics(cluster, topics, brokers)
}
