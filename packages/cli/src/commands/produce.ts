import { onSignals } from '@tickets/core/command-line'
import * as z from 'zod'
import { connectionFlags, connectionOf } from '../doctor/connection-flags.ts'
import { loadKafka } from '../doctor/kafka-checks.ts'
import type { CommandDefinition } from '../program/command.ts'
import { count } from '../text.ts'

const flags = z.object({
  ...connectionFlags,
  tickets: z.int().min(0).default(1000).describe('how many tickets; 0 for no end'),
  rate: z.number().min(0).default(0).describe('tickets a second; 0 for as fast as it goes'),
  seed: z.int().default(1).describe('which tickets: the same seed gives the same ones'),
  json: z.boolean().default(false).describe('print the result as one JSON object'),
})

/** Makes the command `produce`, which sends generated tickets to a topic. */
export const produceCommand = ({ print }: { readonly print: (text: string) => void }): CommandDefinition<typeof flags> => ({
  name: 'produce',
  description: 'Send generated tickets to a Kafka topic, by client. SIGINT and SIGTERM end it after the batch that is being sent.',
  examples: ['tickets produce client_tickets --brokers localhost:9092 --tickets 100000 --rate 1000'],
  arguments: [['<topic>', 'name of a topic that is there']],
  flags,
  prefix: 'TICKETS_PRODUCE_',
  async run([topic = ''], { tickets, rate, seed, json, ...connection }) {
    const [{ Ticket, ticketStream }, { produceTickets }] = await Promise.all([import('@tickets/core'), loadKafka()])
    const stop = new AbortController()
    const off = onSignals(() => stop.abort())
    try {
      const source = ticketStream({ seed, ...(tickets > 0 ? { tickets } : {}) })
      const { sent } = await produceTickets({ ...connectionOf(connection), topic, schema: Ticket, source, rate, signal: stop.signal })
      print(json ? `${JSON.stringify({ topic, sent })}\n` : `${count(sent)} tickets were sent to ${topic}\n`)
    } finally {
      off()
    }
    return 0
  },
})
