import { topicConfig } from '../client/client.ts'
import { partitionsOf } from '../client/metadata.ts'
import type { Cluster } from '../client/port.ts'
import type { OutgoingMessage } from './message-file.ts'

/** The limits of a topic. */
export interface TopicLimits {
  readonly partitions: number
  /** Most bytes of one record batch; null if this user may not read the topic's configuration. */
  readonly batchBytes: number | null
  /** Whether a message without a key is refused. */
  readonly needsKey: boolean
}

/** Returns the limits of a topic whose metadata is loaded. If this user may not read the topic's configuration, its limits are missing. */
export async function topicLimits(cluster: Cluster, topic: string): Promise<TopicLimits> {
  const partitions = partitionsOf(cluster, topic).length
  const config = await topicConfig(cluster, topic, ['max.message.bytes', 'segment.bytes', 'cleanup.policy'])
  const sizes = ['max.message.bytes', 'segment.bytes'].map((name) => Number(config.get(name))).filter((size) => size > 0)
  return {
    partitions,
    batchBytes: sizes.length > 0 ? Math.min(...sizes) : null,
    needsKey: config.get('cleanup.policy')?.includes('compact') === true,
  }
}

/** Bytes of a record batch before its records. */
const BATCH_HEADER = 61
/** Bytes of a record's attributes, and of its distances from the batch's first time and offset, which are 0 in a batch of one. */
const RECORD_HEADER = 3

const varint = (value: number): number => (value < 1 << 6 ? 1 : value < 1 << 13 ? 2 : value < 1 << 20 ? 3 : value < 1 << 27 ? 4 : 5)
const sizeOf = (value: Uint8Array | string): number => (typeof value === 'string' ? Buffer.byteLength(value) : value.byteLength)
const withLength = (value: Uint8Array | string | null): number => (value === null ? 1 : varint(sizeOf(value)) + sizeOf(value))

/** Returns the bytes of a record batch with this message alone, which the broker compares with `max.message.bytes`. */
export function batchSize({ key, value, headers = {} }: OutgoingMessage): number {
  const pairs = Object.entries(headers)
  let record = RECORD_HEADER + withLength(key) + withLength(value) + varint(pairs.length)
  for (const [name, bytes] of pairs) record += withLength(name) + withLength(bytes)
  return BATCH_HEADER + varint(record) + record
}

/** Returns the most bytes of messages in one request, so that a batch of several stays below the topic's limit. */
export const requestBytes = (wanted: number, { batchBytes }: TopicLimits): number =>
  Math.max(1, Math.min(wanted, batchBytes === null ? wanted : Math.floor(batchBytes * 0.9) - BATCH_HEADER))
