import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { into, pipeline, Ticket } from '@tickets/core'
import { commitLog, jsonLines } from '@tickets/core/node'
import { memoryLog, memorySink, memorySource, messagesOf } from '@tickets/core/testing'
import { kafkaSource } from '../../packages/kafka-source/src/index.ts'
import { deleteRecords, send, topicOf } from '../../packages/kafka-source/test/helpers.ts'
import { Event, eventsOf, linesOf, oneFlow, type Reproduction, run } from './reproduction.ts'

const readFile = (folder: string, log = commitLog(join(folder, 'log'))) =>
  run({ source: jsonLines(join(folder, 'events.jsonl'), { schema: Event }), log, flows: oneFlow() })

/** Reads a topic up to its end. */
const readTopic = (brokers: readonly string[], topic: string, groupId: string, log = memoryLog()) =>
  pipeline({
    name: 'lake',
    source: kafkaSource({ schema: Ticket, brokers, topic, groupId, until: 'now' }),
    log,
    flows: (tickets) => ({ all: tickets.pipe(into(memorySink('all'))) }),
  }).run({ handleSignals: false })

/** Errors of sources. */
export const ofSources: readonly Reproduction[] = [
  {
    code: 'POSITION_GONE',
    needs: 'broker',
    when: 'Messages of a topic are deleted before a pipeline has read them',
    async run(_, brokers) {
      const topic = await topicOf(brokers, 'events', 1, 2)
      const log = memoryLog()
      await readTopic(brokers, topic, topic, log)
      await send(brokers, topic, 2, 6)
      await deleteRecords(brokers, topic, 5)
      await readTopic(brokers, topic, topic, log)
    },
  },
  {
    code: 'POSITION_AHEAD',
    when: 'A source ends before the position that a pipeline has read up to',
    async run() {
      const partitions = [messagesOf(eventsOf(1, 2, 3))]
      const log = memoryLog()
      const source = memorySource({ schema: Event, partitions })
      await run({ source, log, flows: oneFlow() })
      partitions[0]?.splice(1)
      await run({ source, log, flows: oneFlow() })
    },
  },
  {
    code: 'OFFSETS_FOREIGN',
    needs: 'broker',
    when: 'A second pipeline, with a log of its own, uses the `groupId` of another',
    async run(_, brokers) {
      const topic = await topicOf(brokers, 'events', 1, 2)
      await readTopic(brokers, topic, topic)
      await readTopic(brokers, topic, topic)
    },
  },
  {
    code: 'SOURCE_UNREACHABLE',
    when: 'No broker answers at the address of a `kafkaSource`',
    run: () => kafkaSource({ schema: Ticket, brokers: ['127.0.0.1:1'], topic: 'events', groupId: 'lake', retryFor: '1 second' }).describe(),
  },
  { code: 'SOURCE_MISSING', when: '`jsonLines` gets the path of a file that is not there', run: (folder) => readFile(folder) },
  {
    code: 'SOURCE_FAILED',
    when: '`jsonLines` gets a ZIP file',
    async run(folder) {
      await writeFile(join(folder, 'events.jsonl'), Buffer.from('504b0304140000000800', 'hex'))
      await readFile(folder)
    },
  },
  {
    code: 'SOURCE_COMPLETE',
    when: 'A source that was declared complete has more rows in the next run',
    async run() {
      const partitions = [messagesOf(eventsOf(1, 2, 3))]
      const log = memoryLog()
      const source = memorySource({ schema: Event, partitions })
      await run({ source, log, flows: oneFlow() })
      partitions[0]?.push(...messagesOf(eventsOf(1, 2, 3, 4)).slice(3))
      await run({ source, log, flows: oneFlow() })
    },
  },
  {
    code: 'SOURCE_CHANGED',
    when: 'A file that a pipeline has read is written anew with other lines',
    async run(folder) {
      await writeFile(join(folder, 'events.jsonl'), linesOf(1, 2, 3))
      await readFile(folder)
      await truncate(join(folder, 'events.jsonl'))
      await writeFile(join(folder, 'events.jsonl'), linesOf(7, 8, 9, 10))
      await readFile(folder)
    },
  },
]
