import { randomUUID } from 'node:crypto'
import { type Assignments, type Chunk, type Limit, type OpenOptions, type Reader, type Source, Ticket } from '@tickets/core'
import { createKafkaJs } from '../src/client/kafkajs.ts'
import { ensureTopic, type KafkaSourceOptions, kafkaSource } from '../src/index.ts'

/** Ticket `i`, always the same. */
export const ticket = (i: number): Ticket => ({
  ticket_id: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
  client_id: `CLIENT_${1000 + (i % 9000)}`,
  created_at: new Date(Date.UTC(2024, 0, 1) + i * 1000),
  request: `request ${i}`,
  request_type: 'billing',
  priority: 'low',
})

export const numberOf = (row: Ticket): number => Number(row.ticket_id.slice(-12))
export const unique = (name: string): string => `${name}-${randomUUID().slice(0, 8)}`

/** kafkajs itself, to prepare what our own producer does not do. */
export function rawKafka(brokers: readonly string[]) {
  const { library, cluster, drop, destroy } = createKafkaJs({ brokers }, { retries: 5 }, 30_000)
  return Object.assign(library, { cluster, drop, destroy })
}

/** Sends tickets `[from, to)` to one partition. */
export async function send(brokers: readonly string[], topic: string, from: number, to: number, partition = 0): Promise<void> {
  const producer = rawKafka(brokers).producer()
  await producer.connect()
  const messages = Array.from({ length: to - from }, (_, i) => ({ value: JSON.stringify(ticket(from + i)), key: String(from + i), partition }))
  for (let at = 0; at < messages.length; at += 2000) await producer.send({ topic, messages: messages.slice(at, at + 2000) })
  await producer.disconnect()
}

export async function createTopic(brokers: readonly string[], topic: string, partitions = 1, config: Record<string, string> = {}): Promise<void> {
  // Tickets of years ago stay: the broker's clean-up goes by the time of the messages.
  await ensureTopic({ brokers, topic, partitions, replicationFactor: 1, config: { 'retention.ms': '-1', ...config } })
}

/** Makes a topic with `count` tickets in each partition, numbered through. */
export async function topicOf(brokers: readonly string[], name: string, partitions: number, count: number): Promise<string> {
  const topic = unique(name)
  await createTopic(brokers, topic, partitions)
  for (let p = 0; p < partitions; p++) await send(brokers, topic, p * count, (p + 1) * count, p)
  return topic
}

/** Deletes the messages of partition 0 before `offset`. */
export async function deleteRecords(brokers: readonly string[], topic: string, offset: number): Promise<void> {
  const admin = rawKafka(brokers).admin()
  await admin.connect()
  await admin.fetchTopicOffsets(topic)
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] })
  await admin.disconnect()
}

export const limit = (more: Partial<Limit> = {}): Limit => ({ rows: 10_000, bytes: 1 << 20, ms: 1000, signal: new AbortController().signal, ...more })

/** A source with its assignments noted, as a pipeline would use it. */
export async function member(options: Omit<KafkaSourceOptions<Ticket>, 'schema'>) {
  const source: Source<Ticket> = kafkaSource({ schema: Ticket, ...options })
  const events: string[] = []
  const failures: unknown[] = []
  let held: readonly string[] = []
  let changed = () => {}
  const on: Assignments = {
    assigned: (partitions) => {
      held = partitions
      events.push(`+${[...partitions].sort().join(' ')}`)
      changed()
    },
    revoked: async (partitions) => {
      held = []
      events.push(`-${[...partitions].sort().join(' ')}`)
      changed()
    },
    failed: (error) => {
      failures.push(error)
      changed()
    },
  }
  const closable = await source.partitions(on)
  const until = async (holds: (held: readonly string[]) => boolean, ms = 30_000) => {
    const deadline = Date.now() + ms
    while (!holds(held)) {
      if (Date.now() > deadline) throw new Error(`still holds [${held.join(', ')}]; ${events.join(' | ')}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 200)
        changed = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }
  await until((h) => h.length > 0 || events.length > 0)
  const open = (id: string, from: number, more: Partial<OpenOptions<number>> = {}) => source.open(id, from, { maxFuture: 1e15, ...more })
  return { source, events, failures, until, open, held: () => held, close: () => closable.close() }
}

/** Reads until `end`, or until `enough` says so. */
export async function drain(
  reader: Reader<Ticket, number>,
  options: { max?: Partial<Limit>; enough?: (rows: number, position: number) => boolean; ms?: number } = {},
) {
  const rows: number[] = []
  const chunks: Chunk<Ticket, number>[] = []
  let position = -1
  const deadline = Date.now() + (options.ms ?? 20_000)
  while (!options.enough?.(rows.length, position)) {
    if (Date.now() > deadline) throw new Error(`got ${rows.length} rows, position ${position}`)
    const chunk = await reader.read(limit(options.max))
    if (chunk === 'end') return { rows, chunks, position, ended: true }
    chunks.push(chunk)
    position = chunk.position
    for (const row of chunk.batch) rows.push(numberOf(row))
  }
  return { rows, chunks, position, ended: false }
}

export const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)
