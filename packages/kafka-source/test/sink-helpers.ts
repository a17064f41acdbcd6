import { mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Batch, type Range, type Staged, type TaskId, Ticket, type Writer } from '@tickets/core'
import { type KafkaSinkOptions, kafkaSink } from '../src/index.ts'
import { rawKafka, ticket } from './helpers.ts'

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

/** All committed messages of a topic, read by kafkajs's own consumer from the start; waits until there are `atLeast`, and looks a while for more. */
export async function committed(brokers: readonly string[], topic: string, atLeast = 0, patience = 600): Promise<Seen[]> {
  const consumer = rawKafka(brokers).consumer({ groupId: `reader-${topic}-${Math.random()}`, maxWaitTimeInMs: 100 })
  const seen: Seen[] = []
  let last = Date.now()
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  const joined = new Promise((done) => consumer.on(consumer.events.GROUP_JOIN, done))
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ partition, message }) => {
      last = Date.now()
      const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)])
      seen.push({ key: message.key?.toString() ?? null, value: message.value?.toString() ?? null, partition, headers: Object.fromEntries(headers) })
    },
  })
  await joined
  last = Date.now()
  while (Date.now() - last < patience || (seen.length < atLeast && Date.now() - last < 20_000)) await new Promise((done) => setTimeout(done, 50))
  await consumer.disconnect()
  return seen
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
