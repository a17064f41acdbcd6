import { resolve } from 'node:path'
import { type Duration, type Storage, type TaskId, TicketsError } from '@tickets/core'
import { type FileLayer, nodeFiles } from '@tickets/core/node'
import { checkTransactions } from '../client/platformatic.ts'
import type { ConnectionOptions } from '../connection/connection-options.ts'
import { checkBrokers, positive, time } from '../connection/connection-options.ts'
import type { MessageFormat } from '../protocol/message-format.ts'
import { checkStaging, type RangeStaging, Staging } from './staging.ts'
import { checkStoredStaging, StoredStaging } from './stored-staging.ts'

/** Bytes, or text that is sent as UTF-8; null is none. */
export type Payload = Uint8Array | string | null

/** The options of `kafkaSink`. */
export interface KafkaSinkOptions<T> extends ConnectionOptions {
  /** The topic to write to. It has to exist: see `ensureTopic`. */
  readonly topic: string
  /**
   * A folder, or a storage such as a bucket's, for rows that are recorded and not yet in the topic. It has to be as durable as the log, and shared by all
   * processes of the pipeline: it holds the only copy of committed rows. Several sinks and pipelines may share it.
   */
  readonly staging: string | Storage
  /** A column, or a function of the row: rows of one key go to one partition, in order. Without it rows have no key. */
  readonly key?: (keyof T & string) | ((row: T) => Payload)
  /** The message's value; the row as JSON by default, instants as ISO text with `Z`. Null is a tombstone. */
  readonly value?: (row: T) => Payload
  /** How rows become values, in place of `value`: `avro({ registry })` and others of `@tickets/kafka-source/registry`. Default: JSON. */
  readonly format?: MessageFormat
  /** The name of a boolean column: a row where it is true is sent as a tombstone, a message without a value. It needs a `key`. */
  readonly deleteWhen?: keyof T & string
  readonly headers?: (row: T) => Readonly<Record<string, Uint8Array | string>>
  /** The number of the partition, instead of the one the key gives. */
  readonly partition?: (row: T) => number
  /** How long the transaction of one range may take. Default: `1 minute`. At most the broker's `transaction.max.timeout.ms`. */
  readonly transactionTimeout?: Duration
  /** How long transient failures are retried before the task is reopened. Default: `1 minute`. */
  readonly retryFor?: Duration
  /** The most bytes of messages in one request. Default: 512 KiB. A larger message is sent alone. */
  readonly batchBytes?: number
  /** @internal What stands between the sink and the file system; tests inject faults here. */
  readonly files?: FileLayer
}

/** A place for staged ranges. */
interface StagingPlace {
  check(): Promise<void>
  open(task: TaskId): RangeStaging
}

const inFolder = (files: FileLayer, folder: string): StagingPlace => ({
  check: () => checkStaging(files, folder),
  open: (task) => new Staging(files, folder, task),
})
const inStorage = (storage: Storage): StagingPlace => ({
  check: () => checkStoredStaging(storage),
  open: (task) => new StoredStaging(storage, task),
})

/** Returns the checked options with their defaults. Throws `OPTION_INVALID`. */
export function sinkSettings<T>(options: KafkaSinkOptions<T>) {
  const { topic, staging, files = nodeFiles } = options
  const isPath = typeof staging === 'string' || !staging
  checkTransactions(options)
  if (typeof topic !== 'string' || !/^[\w.-]{1,249}$/.test(topic))
    throw new TicketsError('OPTION_INVALID', `topic is a name of letters, digits, '.', '_' and '-', got ${JSON.stringify(topic)}`)
  if (isPath && (!staging || staging.trim() === '' || staging.includes('\0'))) {
    const message = `\`staging\` is a folder for rows that are recorded and not yet in the topic, where the log is, such as 'data/staging' or bucket.below('staging'); got ${JSON.stringify(staging)}`
    throw new TicketsError('OPTION_INVALID', message)
  }
  if (options.format && options.value) throw new TicketsError('OPTION_INVALID', 'set `format` or `value` of a kafkaSink, and not both')
  if (options.deleteWhen !== undefined && options.key === undefined)
    throw new TicketsError('OPTION_INVALID', '`deleteWhen` of a kafkaSink needs a `key`: a message without a value says which key is gone')
  return {
    topic,
    brokers: checkBrokers(options.brokers),
    /** What checks the place at a start, and opens it for a task. */
    staging: isPath ? inFolder(files, resolve(staging)) : inStorage(staging),
    transactionTimeout: time(options.transactionTimeout, 60_000, 'transactionTimeout'),
    retryFor: time(options.retryFor, 60_000, 'retryFor'),
    batchBytes: positive(options.batchBytes ?? 512 << 10, 'batchBytes'),
  }
}
