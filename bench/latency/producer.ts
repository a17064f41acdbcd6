// Tickets at a steady rate, with the time of their making: node producer.ts <brokers> <topic> <rate> <seconds>
import { setTimeout as sleep } from 'node:timers/promises'
import { Ticket, ticketStream } from '@tickets/core'
import { produceTickets } from '@tickets/kafka-source'

const [brokers = '', topic = '', rate = '', seconds = ''] = process.argv.slice(2)
/** So many milliseconds' worth is made and sent at once, and so late its first ticket may be. */
const TICK = 10

async function* tickets() {
  const all = ticketStream({ seed: 1 })
  const began = performance.now()
  for (let made = 0; made < Number(rate) * Number(seconds); ) {
    const due = Math.floor(((performance.now() - began) / 1000) * Number(rate))
    for (; made < due; made++) yield { ...(all.next().value as Ticket), created_at: new Date() }
    await sleep(TICK)
  }
}

const { sent } = await produceTickets({
  brokers: brokers.split(','),
  topic,
  schema: Ticket,
  source: tickets(),
  batchSize: (Number(rate) * TICK) / 1000,
})
console.log(sent)
