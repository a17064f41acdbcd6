import { type Duration, type Schema, TicketsError } from '@tickets/core'
import type { DecodeThreadOptions } from '@tickets/core/node'
import { type ConnectionOptions, checkBrokers, positive, time } from '../connection/connection-options.ts'
import type { Codecs } from '../protocol/codecs.ts'
import type { MessageFormat } from '../protocol/message-format.ts'

/** The options of `kafkaSource`. */
export interface KafkaSourceOptions<T> extends ConnectionOptions, DecodeThreadOptions {
  readonly schema: Schema<T>
  /** One topic. Set either `topic` or `topics`. */
  readonly topic?: string
  readonly topics?: readonly string[]
  /** The consumer group: processes with the same id share the partitions. */
  readonly groupId: string
  /** Where a new pipeline starts: `earliest` (the default), `latest`, or the first message at this time (a Date, or epoch milliseconds). A pipeline with a log resumes from its log. */
  readonly from?: 'earliest' | 'latest' | Date | number
  /**
   * `now`: read up to the end as it is when the run starts, then stop. A time (a Date, or epoch milliseconds): up to the first message
   * from then on, or the end where there is none. `never` (the default): run until it is stopped.
   */
  readonly until?: 'never' | 'now' | Date | number
  /** Columns by which rows are spread over partitions, where the producer's key is made of them. */
  readonly keyedBy?: readonly string[]
  /** The group gives away a member's partitions after this time without a heartbeat. Default: `30s`. */
  readonly sessionTimeout?: Duration
  /** The time between heartbeats. Default: `3s`. At most a third of `sessionTimeout`. */
  readonly heartbeatInterval?: Duration
  /** How long members may take to rejoin in a rebalance. Default: `60s`. */
  readonly rebalanceTimeout?: Duration
  /** How long the broker may hold a fetch open while it has less than `fetchMinBytes`. Default: 50 milliseconds. */
  readonly fetchWait?: Duration
  /**
   * Bytes that a fetch waits for, at most for `fetchWait`. Default: what arrives in half of `fetchWait`, 32 KiB at most. So a message of a quiet topic is
   * read at once, and those of a busy one in larger batches, which cost less work and memory. With 1 every message is read at once.
   */
  readonly fetchMinBytes?: number
  /** The most bytes of one partition in one fetch. Default: 1 MiB. */
  readonly partitionBytes?: number
  /** The most bytes of one fetch from a broker. Default: 8 MiB. */
  readonly fetchBytes?: number
  /** The most bytes that are held for one partition before its reader takes them. Default: 2 MiB. Fetching pauses there, and resumes below half of it. */
  readonly queueBytes?: number
  /** How long transient failures, such as an election, are retried before the source fails. Default: `1 minute`. An answer may take half of it, 30 seconds at most. */
  readonly retryFor?: Duration
  /** The client reconnects when the broker has messages and none arrives for this long. Default: `1 minute`. */
  readonly stallTimeout?: Duration
  /** How values are encoded: `avro({ registry })` and others of `@tickets/kafka-source/registry`. Default: JSON. */
  readonly format?: MessageFormat
  /** Functions that replace the built-in decompression of snappy, lz4 and zstd: `{ snappy: (bytes) => … }`. */
  readonly codecs?: Codecs
}

/** The options of a source that may be without a group. */
export type TopicsOptions<T> = Omit<KafkaSourceOptions<T>, 'groupId'> & {
  /** Null: it hands out all partitions, and commits nothing. */
  readonly groupId: string | null
}

function moment(value: unknown, words: readonly string[], what: string): number {
  const at = value instanceof Date ? value.getTime() : value
  if (typeof at === 'number' && Number.isSafeInteger(at) && at >= 0) return at
  throw new TicketsError(
    'OPTION_INVALID',
    `${what} is ${words.map((word) => `'${word}'`).join(', ')}, a Date or epoch milliseconds, got ${String(value)}`,
  )
}

function startOf(from: KafkaSourceOptions<unknown>['from'] = 'earliest'): 'earliest' | 'latest' | number {
  return from === 'earliest' || from === 'latest' ? from : moment(from, ['earliest', 'latest'], 'from')
}

function endOf(until: KafkaSourceOptions<unknown>['until'] = 'never'): 'never' | 'now' | number {
  return until === 'never' || until === 'now' ? until : moment(until, ['never', 'now'], 'until')
}

/** Returns how many milliseconds an answer may take: half of `retryFor` at most, so that a lost answer leaves time to ask again. */
export const answerWithin = ({ retryFor }: { readonly retryFor: number }): number => Math.min(30_000, Math.max(5000, retryFor / 2))

/** Returns the checked options with their defaults. Throws `OPTION_INVALID`. */
export function settings<T>(options: TopicsOptions<T>) {
  const topics = options.topics ?? (options.topic === undefined ? [] : [options.topic])
  const wrong = topics.find((t) => !/^[\w.-]{1,249}$/.test(t))
  if (topics.length === 0 || wrong !== undefined || (options.topic !== undefined && options.topics !== undefined)) {
    throw new TicketsError(
      'OPTION_INVALID',
      `kafkaSource needs \`topic\` or \`topics\`, names of letters, digits, '.', '_' and '-'; got ${JSON.stringify(wrong ?? { topic: options.topic, topics: options.topics })}`,
    )
  }
  if (!options.groupId && options.groupId !== null)
    throw new TicketsError(
      'OPTION_INVALID',
      "kafkaSource needs a `groupId`, the name under which processes share the partitions, such as the pipeline's",
    )
  const sessionTimeout = time(options.sessionTimeout, 30_000, 'sessionTimeout')
  const heartbeatInterval = time(options.heartbeatInterval, Math.min(3000, Math.floor(sessionTimeout / 3)), 'heartbeatInterval')
  if (heartbeatInterval * 3 > sessionTimeout) {
    throw new TicketsError(
      'OPTION_INVALID',
      `heartbeatInterval (${heartbeatInterval} ms) is at most a third of sessionTimeout (${sessionTimeout} ms)`,
    )
  }
  return {
    brokers: checkBrokers(options.brokers),
    topics: [...new Set(topics)],
    from: startOf(options.from),
    until: endOf(options.until),
    sessionTimeout,
    heartbeatInterval,
    rebalanceTimeout: time(options.rebalanceTimeout, 60_000, 'rebalanceTimeout'),
    wait: time(options.fetchWait, 50, 'fetchWait'),
    stallTimeout: time(options.stallTimeout, 60_000, 'stallTimeout'),
    retryFor: time(options.retryFor, 60_000, 'retryFor'),
    partitionBytes: positive(options.partitionBytes ?? 1 << 20, 'partitionBytes'),
    fetchMinBytes: options.fetchMinBytes === undefined ? undefined : positive(options.fetchMinBytes, 'fetchMinBytes'),
    fetchBytes: positive(options.fetchBytes ?? 8 << 20, 'fetchBytes'),
    queueBytes: positive(options.queueBytes ?? 2 << 20, 'queueBytes'),
  }
}
