import { type Schema, type Sink, type TaskId, TicketsError } from '@tickets/core'
import { topicSink } from '../sink/sink.ts'
import { type KafkaSource, topicsSource } from '../source/source.ts'
import { repartitionDecoder } from './decoder.ts'
import { idleAwareReader } from './idle-aware-reader.ts'
import {
  type RepartitionOptions,
  type RepartitionSettings,
  type RepartitionSinkOptions,
  type RepartitionSourceOptions,
  repartitionSettings,
} from './options.ts'
import { repartitionSerializer } from './serializer.ts'
import { readyTopic } from './topic.ts'
import { Upstream } from './upstream.ts'

/** The two sides of a repartition. */
export interface Repartition<T> {
  /** Returns the sink that ends a flow of the first pipeline. It is exactly once, like `kafkaSink`, whose options these are. */
  sink(options: RepartitionSinkOptions): Sink<T>
  /** Returns the source of the second pipeline, keyed by the columns of `key`. */
  source(options: RepartitionSourceOptions): KafkaSource<T>
}

/**
 * Sends rows through a topic, so that those with equal values in `key` share a partition: for session and sliding windows by a column that the
 * source is not keyed by.
 *
 * Messages carry their task upstream and its watermark, and at the end of each range every partition gets a watermark marker. The watermark of a
 * partition downstream is the minimum over all tasks upstream that are not idle, so a slow task makes none of its rows late. `maxOutOfOrderness` counts in the first pipeline alone.
 *
 * @throws `OPTION_INVALID` at once; from the sides what `kafkaSink` and `kafkaSource` throw, `TARGET_OWNED` for a topic that has messages of another
 * log, `SOURCE_CHANGED` when one comes to have them, `WATERMARK_LOST` for rows that have lost theirs
 * @example
 * const byClient = repartition({ schema: Ticket, brokers: ['localhost:9092'], topic: 'tickets_by_client', partitions: 8, key: 'client_id' })
 * byClient.source({ groupId: 'sessions' }).keyedBy // ['client_id']
 */
export function repartition<T>(options: RepartitionOptions<T>): Repartition<T> {
  const settings = repartitionSettings(options)
  return {
    sink: (sinkOptions) => sinkOf(settings, sinkOptions),
    source: (sourceOptions) => sourceOf(settings, sourceOptions),
  }
}

function sinkOf<T>(settings: RepartitionSettings<T>, options: RepartitionSinkOptions): Sink<T> {
  const { schema, topic, connection } = settings
  const afterWindow = (flow: string) =>
    new TicketsError(
      'OPTION_INVALID',
      `flow "${flow}": repartition stands behind a windowed, whose rows have no partition: put it before, or write windows with kafkaSink`,
    )
  const serializerOf = (task: TaskId) => {
    if (task.task === 'merge') throw afterWindow(task.flow)
    return repartitionSerializer(settings, task)
  }
  const checkSchema = (given: Schema<T>, flow: string) => {
    if (given.keys.includes('window_start')) throw afterWindow(flow)
    if (given.name === schema.name && given.version === schema.version) return
    throw new TicketsError(
      'SCHEMA_MISMATCH',
      `flow "${flow}" ends in rows of ${given.name} v${given.version}, and the repartition to ${topic} was made for ${schema.name} v${schema.version}: give repartition the schema of the flow`,
    )
  }
  const sink = topicSink<T>({ ...connection, ...options, topic }, serializerOf, checkSchema)
  return {
    ...sink,
    async prepare(log) {
      if ((await readyTopic(settings)) > 0)
        throw new TicketsError(
          'TARGET_OWNED',
          `${topic} has messages already, and those of a new log would come beside them: continue with the log that wrote them, use another topic, or delete this one and the logs of those that read it`,
        )
      return (await sink.prepare?.(log)) ?? { takesOver: false, remove: [] }
    },
    async begin(log) {
      await readyTopic(settings)
      await sink.begin?.(log)
    },
  }
}

function sourceOf<T>(settings: RepartitionSettings<T>, { until = 'never', ...options }: RepartitionSourceOptions): KafkaSource<T> {
  const { schema, topic, columns, connection } = settings
  const upstreams = new Map<string, Upstream>()
  const inner = topicsSource<T>(
    { ...connection, ...(options as object), groupId: options.groupId, schema, topic, until: until === 'now' ? 'now' : 'never', keyedBy: columns },
    (partition, memory) => {
      const upstream = new Upstream(memory)
      upstreams.set(partition, upstream)
      return repartitionDecoder(partition, schema, upstream)
    },
  )
  return {
    name: inner.name,
    schema,
    until,
    // Partitions that are added later get no rows: keys keep their partitions.
    fixed: true,
    keyedBy: columns,
    get stalls() {
      return inner.stalls
    },
    get skipped() {
      return inner.skipped
    },
    async describe() {
      await readyTopic(settings)
      return inner.describe()
    },
    partitions: (on) => inner.partitions(on),
    async open(partition, from, more) {
      const reader = await inner.open(partition, from, more)
      const upstream = upstreams.get(partition)
      return upstream ? idleAwareReader(reader, { partition, upstream, ends: until === 'complete', logger: connection.logger }) : reader
    },
    checkOffsets: async (log) => inner.checkOffsets?.(log),
  }
}
