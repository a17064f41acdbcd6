import { kafkaSource } from '@tickets/kafka-source'
import { brokers, topic } from './connection.ts'
import { Order } from './order.ts'

/** Orders of a topic, to its current end. With UNTIL=never it waits for more, until SIGINT or SIGTERM. */
export const source = kafkaSource({
  schema: Order,
  brokers,
  topic,
  groupId: process.env.KAFKA_GROUP ?? '{{name}}',
  until: process.env.UNTIL === 'never' ? 'never' : 'now',
})
