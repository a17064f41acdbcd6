import { mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Batch, type Range, type Staged, type TaskId, Ticket, type Writer } from '@tickets/core'
import { type KafkaSinkOptions, kafkaSink, kafkaSource } from '../src/index.ts'
import { rawKafka, ticket, unique } from './helpers.ts'

export const folder = () => mkdtemp(join(tmpdir(), 'tickets-kafka-sink-'))
export const range = (from: number, to: number): Range => ({ from, to, empty: false })
export const taskOf = (logId: string, task = 'in-0'): TaskId => ({ logId, task, flow: 'copy' })

/** A message as another client than ours reads it. */
export interface Seen {
  readonly key: string | null
  readonly value: string | null
  readonly partition: number
  readonly headers: Readonly<Record<string, string>>
}

/** Where a reader of committed messages is at the end, by partition. */
async function endsOf(brokers: readonly string[], topic: string): Promise<Map<number, number>> {
  const { partitions } = await kafkaSource({ schema: Ticket, brokers, topic, groupId: unique('ends'), until: 'now' }).describe()
  return new Map(partitions.filter(({ end }) => (end ?? 0) > 0).map(({ id, end }) => [Number(id.slice(id.lastIndexOf('-') + 1)), Number(end)]))
}

/**
 * All committed messages of a topic, read by kafkajs's own consumer from the start to where the topic ends at the call; waits until there are
 * `atLeast`, and looks for `patience` ms for more.
 */
export async function committed(brokers: readonly string[], topic: string, atLeast = 0, patience = 600): Promise<Seen[]> {
  const ends = await endsOf(brokers, topic)
  const consumer = rawKafka(brokers).consumer({ groupId: `reader-${topic}-${Math.random()}`, maxWaitTimeInMs: 100 })
  // By where they stand: a consumer may be given a message again, and one that stands twice has two offsets.
  const found = new Map<string, Seen>()
  const reached = new Map<number, number>()
  let last = Date.now()
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  const joined = new Promise((done) => consumer.on(consumer.events.GROUP_JOIN, done))
  // Batches that hold nothing but the marks of transactions come here too.
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => reached.set(payload.partition, Number(payload.lastOffset) + 1))
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ partition, message }) => {
      last = Date.now()
      const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)])
      const [key, value] = [message.key?.toString() ?? null, message.value?.toString() ?? null]
      found.set(`${partition}-${message.offset}`, { key, value, partition, headers: Object.fromEntries(headers) })
    },
  })
  await joined
  last = Date.now()
  const isThere = () => found.size >= atLeast && [...ends].every(([partition, end]) => (reached.get(partition) ?? 0) >= end)
  while (Date.now() - last < (isThere() ? patience : 20_000)) await new Promise((done) => setTimeout(done, 25))
  await consumer.disconnect()
  return [...found.values()]
}

/** The ticket numbers in these messages, in their order. */
export const numbersIn = (seen: readonly Seen[]): number[] => seen.map(({ value }) => Number(JSON.parse(value ?? '{}').ticket_id?.slice(-12)))

export const tickets = (from: number, to: number): Batch<Ticket> =>
  Batch.of(
    Ticket,
    Array.from({ length: to - from }, (_, i) => ticket(from + i)),
  )

export const openWriter = (options: KafkaSinkOptions<Ticket>, task: TaskId): Promise<Writer<Ticket>> => kafkaSink<Ticket>(options).open(task, Ticket)

/** Stages tickets `[from, to)` as range n; what the record would hold, after a way through JSON. */
export async function stageTickets(writer: Writer<Ticket>, n: number, attempt: string, from: number, to: number): Promise<Staged> {
  await writer.write(tickets(from, to))
  return JSON.parse(JSON.stringify(await writer.stage(n, attempt, range(from, to))))
}

/** Files left in a staging folder. */
export async function filesIn(path: string): Promise<string[]> {
  const found = await readdir(path, { recursive: true, withFileTypes: true })
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .sort()
}
