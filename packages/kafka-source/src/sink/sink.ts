import { type Schema, type Sink, type TaskId, TicketsError } from '@tickets/core'
import { harmlessLogger, isComparable, messageText, valueIn } from '@tickets/core/internal'
import { createKafka, withCluster } from '../client/client.ts'
import { tlsFault } from '../client/errors.ts'
import { loadTopics } from '../client/metadata.ts'
import type { Cluster } from '../client/port.ts'
import { withRetry } from '../client/retry.ts'
import { clusterId } from '../client/topic-ids.ts'
import { withHarmlessLogger } from '../connection/connection-options.ts'
import { sinkError } from './errors.ts'
import { readGuard } from './guard.ts'
import type { OutgoingMessage } from './message-file.ts'
import { type KafkaSinkOptions, type Payload, sinkSettings } from './options.ts'
import { topicLimits } from './topic-limits.ts'
import { TransactionalProducer } from './transactional-producer.ts'
import { KafkaWriter, type RecordSerializer } from './writer.ts'

/** Returns the function that makes a message of a row. */
function encoderOf<T>(options: KafkaSinkOptions<T>): (row: T, text: (row: T) => Payload) => OutgoingMessage {
  const { key, value, deleteWhen, headers, partition } = options
  const isGone = (row: T) => deleteWhen !== undefined && valueIn(row as object, deleteWhen) === true
  const column = (row: T, name: keyof T & string) => {
    const found = valueIn(row as object, name)
    if (found === undefined || found === null) return null
    return found instanceof Date ? found.toISOString() : String(found)
  }
  return (row, text) => ({
    key: key === undefined ? null : typeof key === 'function' ? key(row) : column(row, key),
    value: isGone(row) ? null : value ? value(row) : text(row),
    headers: headers?.(row),
    partition: partition?.(row),
  })
}

/** Returns the name of the target: the topic and the addresses of its cluster. */
const targetOf = (brokers: readonly string[], topic: string) => `kafka:${[...new Set(brokers)].sort().join(',')}/${topic}`

/**
 * Returns a sink that writes rows to a topic, exactly once for consumers that read committed messages. Each range is one transaction.
 *
 * Rows are staged in a folder until they are in the topic. Transactional ids and the groups that keep the numbers begin with `tickets-`.
 *
 * @throws `OPTION_INVALID` at once; later `TARGET_UNUSABLE`, `SCHEMA_MISMATCH`, `SINK_FAILED`, `STAGED_LOST`, `TASK_LOST`
 * @example
 * kafkaSink({ brokers: ['localhost:9092'], topic: 'urgent', staging: 'data/staging', key: 'client_id' }).target // 'kafka:localhost:9092/urgent'
 */
export function kafkaSink<T>(options: KafkaSinkOptions<T>): Sink<T> {
  const encode = encoderOf(options)
  const { key, deleteWhen } = options
  const checkKey = (schema: Schema<T>) => {
    if (deleteWhen !== undefined && schema.fields.find(({ name }) => name === deleteWhen)?.kind !== 'boolean')
      throw new TicketsError(
        'OPTION_INVALID',
        `deleteWhen is a boolean column of ${schema.name}, got ${JSON.stringify(deleteWhen)}: make one with mapRows`,
      )
    const field = schema.fields.find(({ name }) => name === key)
    if (field && !isComparable(field.kind))
      throw new TicketsError(
        'OPTION_INVALID',
        `a key is a single value, "${field.name}" of ${schema.name} is of kind ${field.kind}: set \`key\` to a function`,
      )
    if (typeof key !== 'string' || field) return
    throw new TicketsError(
      'OPTION_INVALID',
      `${schema.name} has no column "${key}" to be the key; it has ${schema.fields.map((f) => f.name).join(', ')}: set \`key\``,
    )
  }
  const { format, topic, logger } = options
  /** Adds the schema to the registry, where there is one, or finds it there. */
  const writerOf = async (schema: Schema<T>) => {
    const { retryFor } = sinkSettings(options)
    return format ? format.writer({ schema, topic, retryFor, ...(logger && { logger: harmlessLogger(logger) }) }) : null
  }
  const serializerOf = async (_: TaskId, schema: Schema<T>): Promise<RecordSerializer<T>> => {
    const writer = await writerOf(schema)
    return {
      *messages(batches) {
        for (const batch of batches) {
          const value = writer ?? messageText(batch.schema)
          for (const row of batch) yield encode(row, value)
        }
      },
    }
  }
  const checkSchema = async (schema: Schema<T>) => {
    checkKey(schema)
    await writerOf(schema)
  }
  return topicSink(options, serializerOf, checkSchema)
}

/** Returns the same sink with another serializer. `serializerOf` is called for each task, `checkSchema` before anything is claimed. Both throw for what cannot be written. */
export function topicSink<T>(
  options: KafkaSinkOptions<T>,
  serializerOf: (task: TaskId, schema: Schema<T>) => RecordSerializer<T> | Promise<RecordSerializer<T>>,
  checkSchema: (schema: Schema<T>, flow: string) => void | Promise<void>,
): Sink<T> {
  const { brokers, topic, staging, transactionTimeout, retryFor, batchBytes } = sinkSettings(options)
  const askOnce = <R>(work: (cluster: Cluster) => Promise<R>): Promise<R> =>
    withCluster(createKafka(options, { retries: 3 }), async (cluster) => {
      await cluster.refreshMetadata()
      return work(cluster)
    }).catch(async (error: unknown) => {
      const failure = (await tlsFault(error, brokers, options)) ?? error
      throw sinkError(failure, brokers, topic, 'TARGET_UNUSABLE', { connection: options, groupId: 'tickets-…' })
    })
  // One lost answer must not end a start.
  const ask = <R>(work: (cluster: Cluster) => Promise<R>): Promise<R> =>
    withRetry({ brokers, retryFor, logger: options.logger }, `asking the brokers of the topic ${topic}`, () => askOnce(work))
  const visit = <R>(work: (cluster: Cluster) => Promise<R>): Promise<R> =>
    ask(async (cluster) => {
      await loadTopics(cluster, [topic], brokers)
      return work(cluster)
    })
  const idOf = ({ logId, flow, task }: TaskId) => `tickets-${logId}-${flow}-${task}`
  const check = async () => {
    await staging.check()
    await visit(async (cluster) => {
      if (options.key === undefined && (await topicLimits(cluster, topic)).needsKey)
        throw new TicketsError(
          'TARGET_UNUSABLE',
          `${topic} is compacted (cleanup.policy), and takes no message without a key: take "compact" out of the policy, or set \`key\` of the kafkaSink`,
        )
    })
  }
  return {
    target: targetOf(brokers, topic),
    async check(schema, flow) {
      await checkSchema(schema, flow)
    },
    async prepare() {
      await check()
      return { takesOver: false, remove: [] }
    },
    // The topic need not be there yet: `repartition` creates its own when the log has begun.
    place: () =>
      ask(async (cluster) => {
        const id = await clusterId(cluster)
        return id === null ? targetOf(brokers, topic) : `kafka:${id}/${topic}`
      }),
    reached: ({ id: logId, flow, tasks }) =>
      ask(async (cluster) => {
        const guards = new Map<string, number>()
        for (const task of tasks) {
          // All records below the guard are in the topic.
          const guard = await readGuard(cluster, { group: idOf({ logId, flow, task }), topic }, 'accept')
          if (guard > 0) guards.set(task, guard - 1)
        }
        return Object.fromEntries(guards)
      }),
    begin: check,
    async open(task, schema: Schema<T>, on) {
      await checkSchema(schema, task.flow)
      const serializer = await serializerOf(task, schema)
      const id = idOf(task)
      const producer = new TransactionalProducer({
        connection: { ...withHarmlessLogger(options), brokers },
        topic,
        transactionalId: id,
        guard: { group: id, topic },
        transactionTimeout,
        retryFor,
        logger: options.logger ?? on?.logger,
      })
      return new KafkaWriter<T>({ task, topic, schema, serializer, batchBytes, producer, staging: staging.open(task) })
    },
  }
}
