import { isTicketsError, Ticket, TicketsError, ticketStream } from '@tickets/core'
import { ensureTopic, kafkaSource, produceTickets } from '@tickets/kafka-source'

export const PARTITIONS = 8

export interface Filling {
  readonly brokers: readonly string[]
  readonly topic: string
  readonly tickets: number
  readonly seed: number
}

/** Makes a topic of eight partitions and sends the tickets, unless it has them from the last time. Returns its name. */
export async function fill({ brokers, topic, tickets, seed }: Filling): Promise<string> {
  await reach(() => ensureTopic({ brokers, topic, partitions: PARTITIONS }))
  const { partitions } = await kafkaSource({ schema: Ticket, brokers, topic, groupId: 'scale-out' }).describe()
  const there = partitions.reduce((sum, { start, end }) => sum + end - start, 0)
  if (there === tickets && partitions.length === PARTITIONS) return topic
  if (there > 0 || partitions.length !== PARTITIONS)
    throw new TicketsError(
      'OPTION_INVALID',
      `${topic} has ${there} messages in ${partitions.length} partitions, not ${tickets} in ${PARTITIONS}: a run that was stopped left it so. Give another --topic`,
    )
  console.error(`sending ${tickets} tickets to ${topic}`)
  await produceTickets({ brokers, topic, schema: Ticket, source: ticketStream({ seed, tickets }) })
  return topic
}

/** Adds how to come by a broker to the error that there is none. */
async function reach<R>(work: () => Promise<R>): Promise<R> {
  try {
    return await work()
  } catch (error) {
    if (!isTicketsError(error, 'SOURCE_UNREACHABLE')) throw error
    const message = `${error.message}. For one to try this with, run \`npx -y pnpm@12 broker\` in another terminal, and give the address that it prints with --brokers`
    throw new TicketsError('SOURCE_UNREACHABLE', message, { cause: error })
  }
}
