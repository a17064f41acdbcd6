import { Ticket } from '@tickets/core'
import { sourceContract } from '@tickets/core/testing'
import { describe, test } from 'vitest'
import { sharedBroker } from '../../../test/broker/shared.ts'
import { kafkaSource } from '../src/index.ts'
import { createTopic, deleteRecords, rawKafka, send, unique } from './helpers.ts'

const shared = await sharedBroker('the contract of sources')
const brokers = shared ?? []

/** A topic of two partitions, with a message that is no ticket. */
async function plainTopic(): Promise<string> {
  const topic = unique('contract')
  await createTopic(brokers, topic, 2)
  await send(brokers, topic, 0, 20)
  const producer = rawKafka(brokers).producer()
  await producer.connect()
  await producer.send({ topic, messages: [{ value: 'not JSON', partition: 0 }] })
  await producer.disconnect()
  await send(brokers, topic, 20, 30)
  await send(brokers, topic, 30, 35, 1)
  return topic
}

/** A topic whose first messages are gone, and which has transactions, so that control records take offsets. */
async function gapsTopic(): Promise<string> {
  const topic = unique('contract-gaps')
  await createTopic(brokers, topic)
  await send(brokers, topic, 0, 15)
  const producer = rawKafka(brokers).producer({ transactionalId: unique('t'), idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  for (const value of ['kept', 'aborted', 'kept too']) {
    const transaction = await producer.transaction()
    await transaction.send({ topic, messages: [{ value }, { value }] })
    await (value === 'aborted' ? transaction.abort() : transaction.commit())
  }
  await producer.disconnect()
  await deleteRecords(brokers, topic, 3)
  return topic
}

const topics = { 'plain messages': plainTopic, 'offset gaps': gapsTopic }
const drivers = ['kafkajs', '@platformatic/kafka'] as const
const all = Object.entries(topics).flatMap(([what, prepare]) => drivers.map((driver) => ({ what, prepare, driver })))

for (const { what, prepare, driver } of all) {
  describe.skipIf(!shared)(`kafkaSource by ${driver}: ${what}`, () => {
    const topic = shared ? prepare() : Promise.resolve('')
    const cases = sourceContract({
      make: async () => {
        const name = await topic
        return { open: () => kafkaSource({ schema: Ticket, brokers, topic: name, groupId: unique('g'), driver }), beyond: 1_000_000 }
      },
    })
    for (const { name, run } of cases) test(name, run)
  })
}
