// A pipeline whose sink takes one batch and never says that it is done with it. Tells its memory and what it has read, a line every 200 ms.
import { into, pipeline, type Sink, Ticket } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { kafkaSource } from '@tickets/kafka-source'

const [brokers = '', topic = '', groupId = '', log = ''] = process.argv.slice(2)
let read = 0
let opened = 0

const kafka = kafkaSource({ schema: Ticket, brokers: brokers.split(','), topic, groupId, sessionTimeout: 6000, heartbeatInterval: 500 })
const open = kafka.open.bind(kafka)
kafka.open = async (...args) => {
  const reader = await open(...args)
  opened++
  read = 0
  const next = reader.read.bind(reader)
  reader.read = async (limit) => {
    const chunk = await next(limit)
    if (chunk !== 'end') read += chunk.batch.length
    return chunk
  }
  return reader
}

const blocked: Sink<unknown> = {
  target: null,
  open: async () => ({
    write: () => new Promise<void>(() => {}),
    stage: async () => null,
    publish: async () => {},
    sweep: async () => {},
    close: async () => {},
  }),
}

setInterval(() => console.log(JSON.stringify({ rss: process.memoryUsage().rss / 2 ** 20, read, opened })), 200)
await pipeline({
  name: 'blocked',
  source: kafka,
  log: commitLog(log),
  memory: 8 * 2 ** 20,
  flows: (tickets) => ({ tickets: tickets.pipe(into(blocked)) }),
}).run()
