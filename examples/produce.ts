// Generated tickets to a Kafka topic, or the same tickets to a JSON Lines file:
//   node examples/produce.ts --brokers localhost:9092 --rate 1000 --tickets 100000
//   node examples/produce.ts --output tickets.jsonl --tickets 100000
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Ticket, TicketsError, ticketStream } from '@tickets/core'
import { ensureTopic, produceTickets } from '@tickets/kafka-source'
import { main } from './shared/main.ts'
import { settings } from './shared/settings.ts'

await main(async () => {
  const { brokers, topic, rate, tickets, seed, output } = settings(
    'produce',
    'Generated tickets to a Kafka topic (--brokers) or a JSON Lines file (--output)',
    ['brokers', 'topic', 'rate', 'tickets', 'seed', 'output'],
    { output: 'data/tickets.jsonl' },
  )
  const source = ticketStream({ seed, tickets })
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  if (brokers) {
    const { partitions, created } = await ensureTopic({ brokers, topic })
    console.error(`${topic} ${created ? 'created' : 'is there'}, ${partitions} partitions`)
    const { sent } = await produceTickets({ brokers, topic, schema: Ticket, source, rate, signal: stop.signal })
    console.log(`${sent} tickets sent to ${topic}`)
    return
  }
  await toFile(source, output, rate, stop.signal)
  console.log(`${source.position} tickets written to ${output}`)
})

async function toFile(source: Iterable<Ticket>, path: string, rate: number, signal: AbortSignal): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true })
    const file = createWriteStream(path)
    await once(file, 'open')
    const began = performance.now()
    let written = 0
    for (const ticket of source) {
      if (!file.write(`${JSON.stringify(ticket)}\n`)) await once(file, 'drain')
      if (rate > 0) await sleep(began + (++written / rate) * 1000 - performance.now())
      if (signal.aborted) break
    }
    await new Promise<void>((done, fail) => file.once('error', fail).end(done))
  } catch (cause) {
    throw new TicketsError('TARGET_UNUSABLE', `${path} cannot be written (${(cause as Error).message}): choose another file with --output`, { cause })
  }
}
