import { mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Batch, type Range, type Staged, type TaskId, Ticket, type Writer } from '@tickets/core'
import { type KafkaSinkOptions, kafkaSink } from '../src/index.ts'
import { ticket } from './helpers.ts'
import { isDecided, readMessages } from './read-messages.ts'

export const folder = () => mkdtemp(join(tmpdir(), 'tickets-kafka-sink-'))
export const range = (from: number, to: number): Range => ({ from, to, empty: false })
export const taskOf = (logId: string, task = 'in-0'): TaskId => ({ logId, task, flow: 'copy' })

/** A committed message as text. */
export interface Seen {
  readonly key: string | null
  readonly value: string | null
  readonly partition: number
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Reads all committed messages of a topic: waits for `patience` ms at most until no transaction is open, so that what is there twice is seen, and until
 * there are `atLeast`.
 */
export async function committed(brokers: readonly string[], topic: string, atLeast = 0, patience = 600): Promise<Seen[]> {
  const pause = () => new Promise((done) => setTimeout(done, 50))
  const deadline = performance.now() + 30_000
  const until = performance.now() + patience
  while (!(await isDecided(brokers, topic)) && performance.now() < until) await pause()
  let found = await readMessages(brokers, topic)
  while (found.length < atLeast && performance.now() < deadline) {
    await pause()
    found = await readMessages(brokers, topic)
  }
  return found.map(({ key, value, partition, headers }) => ({ key: key?.toString() ?? null, value: value?.toString() ?? null, partition, headers }))
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
