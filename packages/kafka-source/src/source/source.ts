import {
  type Assignments,
  type Closable,
  type Json,
  type OpenOptions,
  type PartitionInfo,
  type Reader,
  type Source,
  type SourceInfo,
  TicketsError,
} from '@tickets/core'
import { type WorkerDecoder, workerDecoder } from '@tickets/core/internal'
import { createKafka, withCluster } from '../client/client.ts'
import { boundsOf, checkPosition, loadTopics, offsetsAt, parsePartitionId, partitionId, partitionsOf } from '../client/metadata.ts'
import type { Cluster } from '../client/port.ts'
import { withRetry } from '../client/retry.ts'
import { topicIds } from '../client/topic-ids.ts'
import { withHarmlessLogger } from '../connection/connection-options.ts'
import type { ValueReader } from '../protocol/message-format.ts'
import { lostPartition } from './group.ts'
import type { KnownLog } from './group-claim.ts'
import { checkGroupOffsets, type LogState } from './group-offsets.ts'
import type { KafkaSourceOptions, TopicsOptions } from './options.ts'
import { answerWithin, settings } from './options.ts'
import { PartitionQueue } from './partition-queue.ts'
import { type Decode, KafkaReader } from './reader.ts'
import { Session } from './session.ts'

/** A Kafka source, with counters of what it met. */
export interface KafkaSource<T> extends Source<T, number> {
  /** How often a client that hung was replaced: see `stallTimeout`. */
  readonly stalls: number
  /** How many offsets were skipped because compaction removed their messages. */
  readonly skipped: number
}

/**
 * Returns a source that reads topics of Kafka or Redpanda. Each partition is a task, and a consumer group shares the partitions.
 *
 * Positions are offsets. Only messages of committed transactions are read. The group's offsets are advisory: the log decides where a task resumes.
 *
 * @throws `OPTION_INVALID` at once; `SOURCE_UNREACHABLE`, `SOURCE_MISSING`, `SOURCE_FAILED` from its methods
 * @example
 * kafkaSource({ schema: Ticket, brokers: ['localhost:9092'], topic: 'client_tickets', groupId: 'ticket-lake' }).name // 'kafka:client_tickets'
 */
export function kafkaSource<T>(options: KafkaSourceOptions<T>): KafkaSource<T> {
  // Without a group it would hand out all partitions to every process.
  return new TopicsSource({ ...options, groupId: options.groupId ?? '' })
}

/** Returns the decoder of one partition. `memory` is what the task's record remembers. */
export type DecoderOf<T> = (partition: string, memory: Json | undefined) => Decode<T>

/** Returns a `kafkaSource` with another decoder, or without a group. */
export const topicsSource = <T>(options: TopicsOptions<T>, decoderOf: DecoderOf<T>): KafkaSource<T> => new TopicsSource(options, decoderOf)

interface Counts {
  stalls: number
  skipped: number
}

class TopicsSource<T> implements KafkaSource<T> {
  readonly name: string
  readonly schema: KafkaSourceOptions<T>['schema']
  readonly until: 'never' | 'now'
  readonly keyedBy?: readonly string[]
  readonly #options: TopicsOptions<T>
  readonly #counts: Counts
  readonly #settings: ReturnType<typeof settings<T>>
  readonly #decoderOf: DecoderOf<T> | undefined
  readonly #workerDecoder: WorkerDecoder<T> | null
  /** Decodes values that are not JSON. */
  readonly #values: ValueReader<T> | null
  /** Compares what producers write with the schema, once; a failure is not kept. */
  #checking: Promise<void> | null = null
  /** The topics' ids at the first look, which the log was compared with. */
  #ids: ReadonlyMap<string, string> | null = null
  #starts: ReadonlyMap<string, number> = new Map()
  /** The log that the group's offsets were compared with last. */
  #log: KnownLog | null = null
  /** While partitions are handed out; a promise, since the first of them may be opened before joining has come to its end. */
  #session: Promise<Session> | null = null

  constructor(options: TopicsOptions<T>, decoderOf?: DecoderOf<T>, counts: Counts = { stalls: 0, skipped: 0 }) {
    this.#options = options
    this.#counts = counts
    this.#decoderOf = decoderOf
    this.#workerDecoder = decoderOf ? null : workerDecoder(options.schema, options)
    this.#settings = settings(options)
    const { topics, retryFor } = this.#settings
    const { schema, logger } = withHarmlessLogger(options)
    this.#values = options.format?.reader({ schema, topics, retryFor, logger }) ?? null
    this.name = `kafka:${this.#settings.topics.join(',')}`
    this.schema = options.schema
    this.until = this.#settings.until === 'never' ? 'never' : 'now'
    if (options.keyedBy) this.keyedBy = options.keyedBy
  }

  get stalls(): number {
    return this.#counts.stalls
  }

  get skipped(): number {
    return this.#counts.skipped
  }

  async describe(): Promise<SourceInfo<number>> {
    const { topics, brokers } = this.#settings
    this.#checking ??=
      this.#values?.check().catch((error: unknown) => {
        this.#checking = null
        throw error
      }) ?? null
    await this.#checking
    return this.#withCluster('looking at the topics', async (cluster) => {
      await loadTopics(cluster, topics, brokers)
      const ids = await topicIds(cluster, topics)
      this.#ids ??= ids
      const partitions = await Promise.all(topics.map((topic) => this.#partitions(cluster, topic)))
      this.#starts = new Map(partitions.flat().map(({ id, start }) => [id, start]))
      return { topics: topics.map((name) => ({ name, id: ids.get(name) ?? null })), partitions: partitions.flat() }
    })
  }

  async #partitions(cluster: Cluster, topic: string): Promise<PartitionInfo<number>[]> {
    const { from, until } = this.#settings
    const numbers = partitionsOf(cluster, topic)
    const [first, last, at, to] = await Promise.all([
      offsetsAt(cluster, topic, numbers, 'earliest'),
      offsetsAt(cluster, topic, numbers, 'latest'),
      typeof from === 'number' ? offsetsAt(cluster, topic, numbers, from) : null,
      typeof until === 'number' ? offsetsAt(cluster, topic, numbers, until) : null,
    ])
    return numbers.map((n) => {
      const earliest = first.get(n) ?? 0
      const bound = to?.get(n) ?? -1
      const end = Math.max(earliest, Math.min(last.get(n) ?? 0, bound >= 0 ? bound : Number.POSITIVE_INFINITY))
      const found = at?.get(n) ?? -1
      const start = from === 'earliest' ? earliest : found >= 0 ? Math.min(Math.max(found, earliest), end) : end
      return { id: partitionId(topic, n), topic, earliest, start, end }
    })
  }

  backfill({ name, from, until }: Parameters<NonNullable<Source<T>['backfill']>>[0]): Source<T, number> {
    const { groupId } = this.#options
    const group = groupId === null ? null : `${groupId}.backfill.${name}`
    return new TopicsSource({ ...this.#options, groupId: group, from, until: until ?? 'now' }, this.#decoderOf)
  }

  /** It adds to the counters of this one. */
  asInput(): Source<T, number> {
    return new TopicsSource({ ...this.#options, groupId: null }, this.#decoderOf, this.#counts)
  }

  async checkOffsets(log: LogState): Promise<void> {
    const { topics, sessionTimeout } = this.#settings
    const { groupId } = this.#options
    if (groupId === null) return
    // Members of a log that was killed stay until their session ends.
    const memberTimeout = 2 * sessionTimeout
    const check = () => checkGroupOffsets({ kafka: this.#kafka(), groupId, topics, log, memberTimeout })
    const older = await withRetry(this.#retrySettings, "reading the group's offsets", check)
    this.#log = { ...log, older, starts: this.#starts }
  }

  async partitions(on: Assignments): Promise<Closable> {
    if (this.#session) throw new TicketsError('OPTION_INVALID', `${this.name} is in use already: make a source of its own for each pipeline`)
    const opening = Session.start({
      connection: withHarmlessLogger(this.#options),
      groupId: this.#options.groupId,
      settings: this.#settings,
      on,
      ids: () => this.#ids ?? new Map(),
      log: this.#log,
      onStall: () => {
        this.#counts.stalls++
      },
    })
    this.#session = opening
    const release = () => {
      if (this.#session === opening) this.#session = null
    }
    const session = await opening.catch((error: unknown) => {
      release()
      throw error
    })
    return {
      close: async () => {
        release()
        await session.close()
      },
    }
  }

  async open(
    id: string,
    from: number,
    { to, maxFuture, reference = Number.POSITIVE_INFINITY, memory }: OpenOptions<number>,
  ): Promise<Reader<T, number>> {
    const session = await this.#session
    if (!session?.has(id)) throw lostPartition(id)
    const { topic, partition } = parsePartitionId(id)
    const isWanted = () => session.has(id)
    const bounds = await withRetry(
      this.#retrySettings,
      `looking where ${id} begins and ends`,
      () => boundsOf(session.cluster, topic, partition),
      isWanted,
    )
    await session.isSame(topic)
    checkPosition(id, 'position', from, bounds)
    if (to !== undefined) checkPosition(id, 'bound', to, bounds)
    if (!session.has(id)) throw lostPartition(id)
    const { queueBytes: bytes } = this.#settings
    const onSkip = (offsets: number) => {
      this.#counts.skipped += offsets
    }
    const queue = new PartitionQueue({ topic, partition, from, to, end: bounds.end, bytes, onSkip })
    session.add(queue)
    return new KafkaReader<T>({
      schema: this.schema,
      queue,
      from,
      to,
      decodeOptions: { maxFuture, reference, partition },
      codecs: this.#options.codecs ?? {},
      decode: this.#decoderOf?.(id, memory),
      workerDecoder: this.#workerDecoder,
      values: this.#decoderOf ? null : this.#values,
      onRoom: () => session.fetcher.wake(),
      commit: (position, note) => session.commit(topic, partition, position, note),
      onClose: () => session.remove(queue),
    })
  }

  get #retrySettings() {
    const { logger, groupId } = this.#options
    return { ...this.#settings, logger, subject: { topics: this.#settings.topics, groupId: groupId ?? undefined, connection: this.#options } }
  }

  #kafka() {
    return createKafka(this.#options, { retries: 3 }, answerWithin(this.#settings))
  }

  #withCluster<R>(what: string, work: (cluster: Cluster) => Promise<R>): Promise<R> {
    return withRetry(this.#retrySettings, what, () => withCluster(this.#kafka(), work))
  }
}
