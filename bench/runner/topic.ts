import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { Ticket } from '@tickets/core'
import { ensureTopic, produceTickets } from '@tickets/kafka-source'
import { type Broker, startBroker } from '../../test/broker/broker.ts'
import type { Topic } from '../contestant.ts'
import type { Input } from './input.ts'

const PARTITIONS = 4

async function* ticketsOf(path: string): AsyncIterable<Ticket> {
  for await (const line of createInterface({ input: createReadStream(path, { highWaterMark: 1 << 20 }) })) {
    const ticket = JSON.parse(line)
    yield { ...ticket, created_at: new Date(ticket.created_at) }
  }
}

/** A broker for the time of one run of the benchmark, and topics that hold the lines of files, keyed by client. */
export class Topics {
  #broker: Promise<Broker> | undefined
  readonly #topics = new Map<string, Promise<Topic>>()

  /** The topic with the tickets of a file; made once. Rejects where no broker can be had, with what to install. */
  of(input: Input): Promise<Topic> {
    const known = this.#topics.get(input.path)
    if (known) return known
    const made = this.#make(input)
    this.#topics.set(input.path, made)
    return made
  }

  async #make({ path, rows }: Input): Promise<Topic> {
    this.#broker ??= startBroker()
    const { brokers } = await this.#broker
    const topic = `bench-${rows}-${Date.now()}`
    await ensureTopic({ brokers, topic, partitions: PARTITIONS })
    await produceTickets({ brokers, topic, schema: Ticket, source: ticketsOf(path) })
    return { brokers: brokers.join(','), topic, partitions: PARTITIONS }
  }

  async close(): Promise<void> {
    await (await this.#broker?.catch(() => undefined))?.stop()
  }
}
