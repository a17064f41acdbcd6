import { expect, vi } from 'vitest'
import type { Cluster } from '../src/client/port.ts'
import type { BrokerRequest } from '../src/connection/broker-connection.ts'
import type { Parser } from '../src/connection/byte-feed.ts'
import { WireReader, WireWriter } from '../src/connection/wire.ts'
import { Fetcher, type FetchOptions, type Gap } from '../src/source/fetcher.ts'
import { PartitionQueue } from '../src/source/partition-queue.ts'
import { parse } from './parse.ts'
import { batch } from './record-batches.ts'

const FETCH = 1
export const RETRY_FOR = 5000
/** How long a fetcher waits after a fault. */
export const RECOVERY = 200

/** What a broker answers for one partition. */
interface Part {
  readonly partition: number
  readonly topic?: string
  readonly error?: number
  readonly end?: number
  readonly records?: Buffer
}

/** A fetch that waits for its answer. */
export interface Asked {
  readonly node: string
  readonly wait: number
  readonly least: number
  readonly most: number
  /** `partition: [offset, bytes]` */
  readonly parts: Record<number, [number, number]>
  answer(parts: readonly Part[], error?: number): Promise<void>
  fail(error: Error): Promise<void>
}

export const turn = () => vi.advanceTimersByTimeAsync(0)
export const named = (name: string) => Object.assign(new Error(name), { name })
export const rows = (base: number, count = 1) => batch({ base, records: Array.from({ length: count }, (_, i) => i), last: count - 1 })

function encoded(parts: readonly Part[], error: number): Buffer {
  const out = new WireWriter().int16(error).int32(0).int32(parts.length)
  for (const { topic = 't', partition, error = 0, end = 100, records = Buffer.alloc(0) } of parts)
    out.string(topic).int32(1).int32(partition).int16(error).int64(end).int64(end).int64(0).int32(0).int32(-1).int32(records.length).bytes(records)
  return out.end()
}

/** A cluster whose brokers answer when a test says so. */
export class Brokers {
  readonly asked: Asked[] = []
  leaders: Record<number, string> = {}
  bounds = { earliest: 0, end: 100 }
  /** Where the part begins that a broker holds itself; null: it does not tell. */
  localStart: number | null = null
  fetchVersion = 11
  readonly refreshMetadata = vi.fn(async () => {})
  readonly connect = vi.fn(async () => {})

  readonly cluster = {
    findLeaderForPartitions: (_topic: string, [partition = 0]: number[]) => {
      const leader = this.leaders[partition] ?? '1'
      if (leader === 'unknown') throw new Error('no metadata')
      return leader === '' ? {} : { [leader]: [partition] }
    },
    refreshMetadata: () => this.refreshMetadata(),
    connect: () => this.connect(),
    fetchTopicsOffset: async ([{ topic, partitions, fromBeginning }]: [
      { topic: string; partitions: { partition: number }[]; fromBeginning: boolean },
    ]) => {
      const offset = String(fromBeginning ? this.bounds.earliest : this.bounds.end)
      return [{ topic, partitions: partitions.map(({ partition }) => ({ partition, offset })) }]
    },
    maxVersion: async (_: string, apiKey: number) => (apiKey === FETCH ? this.fetchVersion : this.localStart === null ? 7 : 8),
    send: async (nodeId: string, { apiKey, body }: BrokerRequest, read: () => Parser<unknown>) =>
      apiKey === FETCH ? parse(read(), await this.#ask(nodeId, body)) : this.#local(),
  } as unknown as Cluster

  #ask(node: string, request: Buffer): Promise<Buffer> {
    const r = new WireReader(request)
    r.int32()
    const [wait, least, most] = [r.int32(), r.int32(), r.int32()]
    r.int8()
    r.int64()
    const parts: Asked['parts'] = {}
    r.array(() => {
      r.string()
      r.array(() => {
        const partition = r.int32()
        r.int32()
        const offset = r.int64()
        r.int64()
        parts[partition] = [offset, r.int32()]
      })
    })
    return new Promise((done, failed) => {
      this.asked.push({
        ...{ node, wait, least, most, parts },
        answer: (given, error = 0) => {
          done(encoded(given, error))
          return turn().then(() => {})
        },
        fail: (error) => {
          failed(error)
          return turn().then(() => {})
        },
      })
    })
  }

  #local(): Buffer {
    const out = new WireWriter().int8(0).int32(0).compactLength(1).compactString('t').compactLength(1)
    return out
      .int32(0)
      .int16(0)
      .int64(-1)
      .int64(this.localStart ?? -1)
      .int32(0)
      .int8(0)
      .int8(0)
      .int8(0)
      .end()
  }

  /** The next fetch that waits for an answer. */
  next(): Asked {
    return this.asked.shift() ?? expect.fail('nothing was fetched')
  }
}

/** Returns a fetcher, with a way to add a partition that is read from 5. */
export function setUp(more: Partial<FetchOptions> = {}) {
  const brokers = new Brokers()
  const gaps: Gap[] = []
  const told = { hangs: 0 }
  const fetcher = new Fetcher(brokers.cluster, {
    ...{ brokers: ['b:1'], wait: 500, partitionBytes: 1000, fetchMinBytes: 10, fetchBytes: 5000, retryFor: RETRY_FOR },
    onHang: () => void told.hangs++,
    missingTopics: async () => new Set(),
    onGap: (gap) => void gaps.push(gap),
    ...more,
  })
  const add = (partition = 0, bytes = 10_000) => {
    const queue = new PartitionQueue({ topic: 't', partition, from: 5, end: 100, to: undefined, bytes })
    queue.onChange = () => {}
    fetcher.add(queue)
    return queue
  }
  return { brokers, fetcher, add, gaps, told }
}
