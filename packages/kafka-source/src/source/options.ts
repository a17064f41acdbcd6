import { type Duration, type Schema, TicketsError } from '@tickets/core'
import type { DecodeThreadOptions } from '@tickets/core/node'
import { type ConnectionOptions, checkBrokers, positive, time } from '../client/connection-options.ts'
import type { Codecs } from '../protocol/codecs.ts'

export interface KafkaSourceOptions<T> extends ConnectionOptions, DecodeThreadOptions {
  readonly schema: Schema<T>
  /** One topic; or give `topics`. */
  readonly topic?: string
  readonly topics?: readonly string[]
  /** The consumer group: processes with the same id share the partitions. */
  readonly groupId: string
  /** Where a new pipeline starts: `earliest` (the default), `latest`, or the first message at this time (a Date, or epoch milliseconds). A pipeline with a log goes on from its log. */
  readonly from?: 'earliest' | 'latest' | Date | number
  /**
   * `now`: read up to the end there is at the start of the run, then stop. A time (a Date, or epoch milliseconds): up to the first message
   * from then on, or the end where there is none. `never` (the default): run until told to stop.
   */
  readonly until?: 'never' | 'now' | Date | number
  /** Columns by which rows are spread over partitions, where the producer's key is made of them. */
  readonly keyedBy?: readonly string[]
  /** A member that is silent for so long loses its partitions; `30s` by default. */
  readonly sessionTimeout?: Duration
  /** `3s` by default; at most a third of `sessionTimeout`. */
  readonly heartbeatInterval?: Duration
  /** How long members may take to join again; `60s` by default. */
  readonly rebalanceTimeout?: Duration
  /** How long the broker may hold a fetch open while there is less than `fetchMinBytes`; 50 milliseconds by default. */
  readonly fetchWait?: Duration
  /**
   * Bytes that a fetch waits for, at most for `fetchWait`; 32 KiB by default: a steady stream is read in fewer and larger batches, which is
   * less work and memory, a little later. With 1 what comes is read at once.
   */
  readonly fetchMinBytes?: number
  /** Most bytes of one partition in one fetch; 1 MiB by default. */
  readonly partitionBytes?: number
  /** Most bytes of one fetch from a broker; 8 MiB by default. */
  readonly fetchBytes?: number
  /** Bytes held for one partition that its reader has not taken; 2 MiB by default. Fetching pauses there, and goes on below half of it. */
  readonly queueBytes?: number
  /** How long a fault that may pass (a broker away, an election) is tried again before the source gives up; `1 minute` by default. */
  readonly retryFor?: Duration
  /** Messages are there, and none comes for so long: the client hangs, and connects anew; `1 minute` by default. */
  readonly stallTimeout?: Duration
  /** Decompresses instead of what is built in (gzip, snappy, lz4, and zstd on a Node that has it): `{ snappy: (bytes) => … }`. */
  readonly codecs?: Codecs
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

/** The options with their defaults, checked. */
export function settings<T>(options: KafkaSourceOptions<T>) {
  const topics = options.topics ?? (options.topic === undefined ? [] : [options.topic])
  const wrong = topics.find((t) => !/^[\w.-]{1,249}$/.test(t))
  if (topics.length === 0 || wrong !== undefined || (options.topic !== undefined && options.topics !== undefined)) {
    throw new TicketsError(
      'OPTION_INVALID',
      `kafkaSource needs \`topic\` or \`topics\`, names of letters, digits, '.', '_' and '-'; got ${JSON.stringify(wrong ?? { topic: options.topic, topics: options.topics })}`,
    )
  }
  if (!options.groupId)
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
    fetchMinBytes: positive(options.fetchMinBytes ?? 32 * 1024, 'fetchMinBytes'),
    fetchBytes: positive(options.fetchBytes ?? 8 << 20, 'fetchBytes'),
    queueBytes: positive(options.queueBytes ?? 2 << 20, 'queueBytes'),
  }
}
