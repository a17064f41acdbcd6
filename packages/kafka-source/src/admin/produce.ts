import { type Schema, TicketsError } from '@tickets/core'
import { harmless, harmlessLogger, isComparable, messageText, systemClock, valueIn } from '@tickets/core/internal'
import { closeClient, createKafka, withCluster } from '../client/client.ts'
import { withTicketsErrors } from '../client/errors.ts'
import { loadTopics } from '../client/metadata.ts'
import type { ConnectionOptions } from '../connection/connection-options.ts'
import { checkBrokers } from '../connection/connection-options.ts'
import type { MessageFormat } from '../protocol/message-format.ts'

/** Settings of `produce` and `produceTickets`. */
export interface ProduceOptions<T> extends ConnectionOptions {
  readonly topic: string
  readonly schema: Schema<T>
  /** The rows to send, in order. */
  readonly source: Iterable<T> | AsyncIterable<T>
  /**
   * The column whose value is the message's key. Rows of one key go to one partition, in order. Without it messages have no key; for `produceTickets`
   * it is `client_id`.
   */
  readonly key?: keyof T & string
  /** How rows become values: `avro({ registry })` and others of `@tickets/kafka-source/registry`. Default: JSON. */
  readonly format?: MessageFormat
  /** The partition of a row, instead of the one its key gives. */
  readonly partition?: (row: T, index: number) => number
  /** Rows a second; 0 (the default) is as fast as it goes. */
  readonly rate?: number
  /** Most rows in one request; 1000 by default. */
  readonly batchSize?: number
  /** Stops after the batch being sent. */
  readonly signal?: AbortSignal
  /** Called after each batch with the rows sent so far. */
  readonly onProgress?: (sent: number) => void
}

interface Outgoing {
  key: string | null
  value: string | Buffer
  partition?: number
}

// kafkajs tries a missing topic again and again before it says so.
const topicExists = (options: ConnectionOptions, topic: string, brokers: readonly string[]): Promise<void> =>
  withCluster(createKafka(options, { retries: 3 }), (cluster) => loadTopics(cluster, [topic], brokers))

/** How long a registry that does not answer is asked again, in milliseconds. */
const RETRY_FOR_MS = 60_000

/**
 * Sends tickets as `produce` does, with `client_id` as their key by default.
 *
 * @returns how many rows were sent
 * @throws as `produce`
 * @example
 * await produceTickets({ brokers: ['localhost:9092'], topic: 'client_tickets', schema: Ticket, source: tickets }) // { sent: 1000 }
 */
export function produceTickets<T>(options: ProduceOptions<T>): Promise<{ sent: number }> {
  return produce({ ...options, key: options.key ?? ('client_id' as keyof T & string) })
}

/**
 * Sends rows of any schema to a topic, as JSON by default, instants as ISO text with `Z`; acknowledged by all replicas, idempotent.
 *
 * At least once over restarts of the program: what it sent before it died is sent again when it starts over.
 *
 * @returns how many rows were sent
 * @throws `SOURCE_UNREACHABLE`, `SOURCE_MISSING` when there is no such topic, `OPTION_INVALID`; with a `format` also what that throws
 * @example
 * await produce({ brokers: ['localhost:9092'], topic: 'orders', schema: Order, source: orders, key: 'order_id' }) // { sent: 1000 }
 */
export async function produce<T>(options: ProduceOptions<T>): Promise<{ sent: number }> {
  const { topic, schema, key, format, logger, signal, rate = 0, batchSize = 1000 } = options
  const brokers = checkBrokers(options.brokers)
  checkKey(schema, key)
  if (!(rate >= 0 && Number.isFinite(rate))) throw new TicketsError('OPTION_INVALID', `rate is rows a second from 0 (no limit), got ${rate}`)
  if (!Number.isSafeInteger(batchSize) || batchSize < 1)
    throw new TicketsError('OPTION_INVALID', `batchSize is a whole number greater than 0, got ${batchSize}`)
  const write = await format?.writer({ schema, topic, retryFor: RETRY_FOR_MS, logger: logger && harmlessLogger(logger) })
  const text = messageText(schema)
  const encode = (row: T, index: number): Outgoing => {
    const value = key === undefined ? undefined : valueIn(row as object, key)
    const partition = options.partition?.(row, index)
    return {
      key: value === undefined || value === null ? null : String(value),
      value: write ? Buffer.from(write(row)) : text(row),
      ...(partition === undefined ? {} : { partition }),
    }
  }

  const kafka = createKafka(options, { retries: 5 })
  const producer = kafka.producer({ idempotent: true })
  // A slow rate still sends about ten times a second.
  const size = rate > 0 ? Math.min(batchSize, Math.max(1, Math.floor(rate / 10))) : batchSize
  const began = performance.now()
  let sent = 0
  let batch: Outgoing[] = []
  const { onProgress } = options
  const tell = onProgress && harmless('onProgress', onProgress, onProgress)
  const flush = async () => {
    if (batch.length === 0) return
    await producer.send({ topic, acks: -1, messages: batch })
    sent += batch.length
    batch = []
    tell?.(sent)
    if (rate > 0) await systemClock.sleep(Math.max(0, began + (sent / rate) * 1000 - performance.now()), signal)
  }
  const subject = { topics: [topic], doing: 'write', connection: options } as const
  return withTicketsErrors(
    brokers,
    async () => {
      try {
        await topicExists(options, topic, brokers)
        await producer.connect()
        for await (const row of options.source) {
          if (signal?.aborted) break
          batch.push(encode(row, sent + batch.length))
          if (batch.length >= size) await flush()
        }
        if (!signal?.aborted) await flush()
        return { sent }
      } finally {
        await closeClient(kafka, () => producer.disconnect())
      }
    },
    subject,
  )
}

function checkKey<T>(schema: Schema<T>, key: string | undefined): void {
  if (key === undefined) return
  const field = schema.fields.find(({ name }) => name === key)
  if (!field)
    throw new TicketsError(
      'OPTION_INVALID',
      `${schema.name} has no column "${key}" to be the key; it has ${schema.fields.map((f) => f.name).join(', ')}: set \`key\``,
    )
  if (!isComparable(field.kind))
    throw new TicketsError(
      'OPTION_INVALID',
      `a key is a single value, "${key}" of ${schema.name} is of kind ${field.kind}: set \`key\` to another column`,
    )
}
