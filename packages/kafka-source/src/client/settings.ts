import { type Duration, millis, TicketsError } from '@tickets/core'
import type { KafkaSourceOptions } from './connection-options.ts'

export const positive = (value: number, what: string): number => {
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new TicketsError('OPTION_INVALID', `${what} is a whole number greater than 0, got ${value}`)
}

export const time = (value: Duration | undefined, fallback: number, what: string): number =>
  positive(value === undefined ? fallback : millis(value, what), what)

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

/** The addresses, checked. */
export function checkBrokers(brokers: readonly string[]): readonly string[] {
  const wrong = brokers.find((b) => !/^.+:\d+$/.test(b))
  if (brokers.length > 0 && wrong === undefined) return brokers
  throw new TicketsError('OPTION_INVALID', `brokers is a list of host:port such as ['localhost:9092'], got ${JSON.stringify(wrong ?? brokers)}`)
}

/** How long an answer may take, in milliseconds: less than half a minute where faults are not tried again for as long. */
export const answerWithin = ({ retryFor }: { readonly retryFor: number }): number => Math.min(30_000, Math.max(5000, retryFor))

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
