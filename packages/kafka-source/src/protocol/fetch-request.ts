import { keep, look, type Parser } from '../connection/byte-feed.ts'
import { WireReader, WireWriter } from '../connection/wire.ts'

/** Version 11: all brokers since Kafka 2.3, and the newest whose encoding has no tagged fields. */
export const fetchApi = { apiKey: 1, apiVersion: 11, apiName: 'Fetch', throttled: true }

const readCommitted = 1

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

/** What a broker answered for one partition. `records` has memory of its own, so that it alone is held. */
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

/** Reads the broker's answer to a fetch request, behind its throttle time. */
export function* fetchAnswer(): Parser<{ error: number; partitions: FetchedPartition[] }> {
  const head = new WireReader(yield look(2 + 4 + 4))
  const error = head.int16()
  head.int32()
  const partitions: FetchedPartition[] = []
  for (let topics = head.int32(); topics > 0; topics--) {
    const length = (yield look(2)).readInt16BE(0)
    const name = new WireReader(yield look(length + 4))
    const topic = name.bytes(length).toString()
    for (let count = name.int32(); count > 0; count--) partitions.push(yield* partitionAnswer(topic))
  }
  return { error, partitions }
}

function* partitionAnswer(topic: string): Parser<FetchedPartition> {
  const r = new WireReader(yield look(4 + 2 + 8 + 8 + 8 + 4))
  const partition = r.int32()
  const error = r.int16()
  const high = r.int64()
  const stable = r.int64()
  r.int64()
  const transactions = Math.max(0, r.int32())
  const rest = new WireReader(yield look(transactions * (8 + 8) + 4 + 4))
  const aborted = Array.from({ length: transactions }, () => ({ producerId: rest.bigint(), firstOffset: rest.int64() }))
  rest.int32()
  const records = yield keep(Math.max(0, rest.int32()))
  return { topic, partition, error, end: stable >= 0 ? stable : high, aborted, records }
}
