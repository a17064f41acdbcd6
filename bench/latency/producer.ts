// Tickets at a steady rate, with the time of their making: node producer.ts <brokers> <topic> <rate> <seconds>
import { setTimeout as sleep } from 'node:timers/promises'
import { type Ticket, ticketStream } from '@tickets/core'
import { Kafka, logLevel, Partitioners } from 'kafkajs'

const [brokers = '', topic = '', rate = '', seconds = ''] = process.argv.slice(2)
/** How often what is due is sent, in milliseconds, without waiting for the answer to what was sent before. */
const TICK = 10

const producer = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.ERROR }).producer({ createPartitioner: Partitioners.DefaultPartitioner })
await producer.connect()
const tickets = ticketStream({ seed: 1 })
const underWay = new Set<Promise<unknown>>()
const began = performance.now()
for (let made = 0; made < Number(rate) * Number(seconds); ) {
  const due = Math.min(Number(rate) * Number(seconds), Math.floor(((performance.now() - began) / 1000) * Number(rate)))
  const created_at = new Date()
  const messages = Array.from({ length: due - made }, () => {
    const ticket = { ...(tickets.next().value as Ticket), created_at }
    return { key: ticket.client_id, value: JSON.stringify(ticket) }
  })
  made = due
  if (messages.length > 0) {
    const sending = producer.send({ topic, messages }).finally(() => underWay.delete(sending))
    underWay.add(sending)
  }
  await sleep(TICK)
}
await Promise.all(underWay)
await producer.disconnect()
