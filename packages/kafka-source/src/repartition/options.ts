import { type Schema, TicketsError } from '@tickets/core'
import { harmlessLogger, isComparable, rowSchema } from '@tickets/core/internal'
import type { FileLayer } from '@tickets/core/node'
import { checkTransactions } from '../client/platformatic.ts'
import type { ConnectionOptions } from '../connection/connection-options.ts'
import { checkBrokers, positive } from '../connection/connection-options.ts'
import type { KafkaSinkOptions } from '../sink/options.ts'
import type { KafkaSourceOptions } from '../source/options.ts'

/** What both sides of a repartition have to agree on. */
export interface RepartitionOptions<T> extends ConnectionOptions {
  /** The rows that go through; that of the flow which ends in the sink. */
  readonly schema: Schema<T>
  /** The topic between the two pipelines. Nothing else may write to it. It is created if it does not exist. */
  readonly topic: string
  /** The number of partitions, which never changes. As many processes can share the work downstream. */
  readonly partitions: number
  /** The column, or columns, whose equal values are to share a partition. */
  readonly key: (keyof T & string) | readonly (keyof T & string)[]
  /** For a new topic; the broker's default when absent. */
  readonly replicationFactor?: number
  /** The configuration of a new topic, such as `{ 'retention.ms': '604800000' }`. */
  readonly config?: Readonly<Record<string, string>>
}

/** Settings of the sink of `repartition`. */
export interface RepartitionSinkOptions extends Pick<KafkaSinkOptions<never>, 'staging' | 'transactionTimeout' | 'retryFor' | 'batchBytes'> {
  /** @internal What stands between the sink and the file system; tests inject faults here. */
  readonly files?: FileLayer
}

/** Settings of the source of `repartition`. */
export interface RepartitionSourceOptions
  extends Omit<KafkaSourceOptions<never>, keyof ConnectionOptions | 'schema' | 'topic' | 'topics' | 'from' | 'until' | 'keyedBy'> {
  /**
   * `never` (the default): run until it is stopped. `now`: read up to the end there is at the start of the run. `complete`: read until all of the first
   * pipeline has ended, which only a complete source does; then all windows are closed.
   */
  readonly until?: 'never' | 'now' | 'complete'
}

/** Checks the options, and returns them with `key` as a list of columns. */
export function repartitionSettings<T>(options: RepartitionOptions<T>) {
  const { schema, topic, replicationFactor = -1, config = {}, brokers, ssl, sasl, clientId, logger } = options
  const columns: readonly string[] = typeof options.key === 'string' ? [options.key] : options.key
  const names = schema.fields.map(({ name }) => name)
  const wrong = columns.find((column) => !names.includes(column))
  if (columns.length === 0 || wrong !== undefined)
    throw new TicketsError(
      'OPTION_INVALID',
      `\`key\` is a column of ${schema.name} or several (${names.join(', ')}), got ${JSON.stringify(wrong ?? [])}`,
    )
  const odd = schema.fields.find(({ name, kind }) => columns.includes(name) && !isComparable(kind))
  if (odd) throw new TicketsError('OPTION_INVALID', `\`key\` is a column of single values, "${odd.name}" is of kind ${odd.kind}`)
  checkTransactions(options)
  if (typeof topic !== 'string' || !/^[\w.-]{1,249}$/.test(topic))
    throw new TicketsError('OPTION_INVALID', `topic is a name of letters, digits, '.', '_' and '-', got ${JSON.stringify(topic)}`)
  if (/compact/.test(config['cleanup.policy'] ?? ''))
    throw new TicketsError(
      'OPTION_INVALID',
      `the topic of a repartition cannot be compacted: all rows of a key but the last would be removed; leave cleanup.policy out`,
    )
  return {
    schema: rowSchema(schema),
    topic,
    columns,
    replicationFactor,
    config,
    brokers: checkBrokers(brokers),
    connection: {
      brokers,
      ...(ssl && { ssl }),
      ...(sasl && { sasl }),
      ...(clientId && { clientId }),
      ...(logger && { logger: harmlessLogger(logger) }),
    } as ConnectionOptions,
    partitions: positive(options.partitions, 'partitions'),
  }
}

export type RepartitionSettings<T> = ReturnType<typeof repartitionSettings<T>>
