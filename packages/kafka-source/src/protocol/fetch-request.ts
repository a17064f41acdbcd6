import { readCommitted } from '../client/client.ts'
import { WireReader, WireWriter } from './wire.ts'

/** Version 11: all brokers since Kafka 2.3, and the newest whose encoding has no tagged fields. */
export const fetchApi = { apiKey: 1, apiVersion: 11, apiName: 'Fetch', throttled: true }

export interface FetchPartition {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly bytes: number
}

export interface AbortedTransaction {
  readonly producerId: bigint
  readonly firstOffset: number
}

/** What a broker answered for one partition. `records` is a copy of its own, so that it alone is held. */
export interface FetchedPartition {
  readonly topic: string
  readonly partition: number
  readonly error: number
  /** The offset after the last one that can be read now: behind it there are at most open transactions. */
  readonly end: number
  readonly aborted: readonly AbortedTransaction[]
  readonly records: Buffer
}

/** Returns a fetch request. The broker waits at most `wait` milliseconds for `least` bytes, and answers with about `most` bytes at most. */
export function fetchRequest(partitions: readonly FetchPartition[], wait: number, least: number, most: number): Buffer {
  const topics = new Map<string, FetchPartition[]>()
  for (const p of partitions) topics.set(p.topic, [...(topics.get(p.topic) ?? []), p])
  const out = new WireWriter().int32(-1).int32(wait).int32(least).int32(most).int8(readCommitted).int32(0).int32(-1).int32(topics.size)
  for (const [topic, list] of topics) {
    out.string(topic).int32(list.length)
    for (const p of list) out.int32(p.partition).int32(-1).int64(p.offset).int64(-1).int32(p.bytes)
  }
  return out.int32(0).string('').end()
}

/** Reads the broker's answer to a fetch request. */
export function fetchAnswer(answer: Buffer): { error: number; partitions: FetchedPartition[] } {
  const r = new WireReader(answer)
  r.int32()
  const error = r.int16()
  r.int32()
  const partitions = r.array(() => {
    const topic = r.string()
    return r.array((): FetchedPartition => {
      const partition = r.int32()
      const failure = r.int16()
      const high = r.int64()
      const stable = r.int64()
      r.int64()
      const aborted = r.array(() => ({ producerId: r.bigint(), firstOffset: r.int64() }))
      r.int32()
      const records = Buffer.from(r.bytes(Math.max(0, r.int32())))
      return { topic, partition, error: failure, end: stable >= 0 ? stable : high, aborted, records }
    })
  })
  return { error, partitions: partitions.flat() }
}
