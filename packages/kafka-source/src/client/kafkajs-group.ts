import type { Consumer, Kafka as KafkaJs } from 'kafkajs'
import type { DriverRetry, GroupClient, GroupEvents, GroupSettings } from './port.ts'

/**
 * Makes a consumer of kafkajs that is a member of a group and fetches nothing, since all its partitions stay paused.
 *
 * Its loop sends the heartbeats, apart from reading and writing: however slow those are, the membership stands as long as the event loop turns.
 */
export function kafkaJsGroup(kafka: KafkaJs, { topics, ...settings }: GroupSettings, retry: DriverRetry): GroupClient {
  const consumer: Consumer = kafka.consumer({
    ...settings,
    allowAutoTopicCreation: false,
    // With everything paused, this is how often the loop looks whether a heartbeat is due.
    maxWaitTimeInMs: Math.max(50, Math.min(500, Math.floor(settings.heartbeatInterval / 2))),
    retry,
  })
  const pauseAll = () => consumer.pause(topics.map((topic) => ({ topic })))
  return {
    async connect() {
      await consumer.connect()
      await consumer.subscribe({ topics: [...topics] })
    },
    async run({ joined, rebalancing, crashed }: GroupEvents) {
      const { GROUP_JOIN, REBALANCING, CRASH } = consumer.events
      consumer.on(GROUP_JOIN, ({ payload }) => {
        pauseAll()
        joined(payload.memberAssignment)
      })
      consumer.on(REBALANCING, rebalancing)
      consumer.on(CRASH, ({ payload }) => crashed(payload.error, payload.restart))
      const running = consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: async () => {} })
      pauseAll()
      await running
    },
    commitOffsets: (offsets) => consumer.commitOffsets(offsets),
    disconnect: () => consumer.disconnect(),
  }
}
