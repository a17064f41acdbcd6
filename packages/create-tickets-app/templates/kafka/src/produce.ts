// Sends made-up orders to the topic, which is created where it is not there: the number of orders is the argument, 10,000 by default.
import { isTicketsError } from '@tickets/core'
import { ensureTopic, produce } from '@tickets/kafka-source'
import { brokers, topic } from './connection.ts'
import { Order } from './order.ts'
import { sampleOrder } from './sample-orders.ts'

const count = Number(process.argv[2] ?? 10_000)

try {
  await ensureTopic({ brokers, topic })
  const { sent } = await produce({ brokers, topic, schema: Order, key: 'city', source: Array.from({ length: count }, (_, i) => sampleOrder(i)) })
  console.log(`${sent} orders sent to ${topic}`)
} catch (error) {
  if (!isTicketsError(error)) throw error
  console.error(`error ${error.code}: ${error.message}`)
  process.exitCode = 1
}
