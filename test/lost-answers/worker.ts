import { into, pipeline, Ticket } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { kafkaSource } from '@tickets/kafka-source'
import { jsonSink } from '@tickets/sinks'

// One run of a pipeline over a topic, as a cron job would do it: it has to end by itself.
const [broker = '', topic = '', folder = '', driver] = process.argv.slice(2)
const result = await pipeline({
  name: 'lost-answers',
  source: kafkaSource({
    schema: Ticket,
    brokers: [broker],
    topic,
    groupId: `${topic}-${folder.split('/').at(-1)}`,
    until: 'now',
    driver: driver === '@platformatic/kafka' ? driver : 'kafkajs',
    retryFor: '30s',
    sessionTimeout: '6s',
    heartbeatInterval: '50ms',
    stallTimeout: '2s',
    partitionBytes: 60_000,
    queueBytes: 120_000,
  }),
  log: commitLog(`${folder}/log`),
  range: { rows: 400 },
  flows: (tickets) => ({ tickets: tickets.pipe(into(jsonSink(`${folder}/tickets`))) }),
})
  .run()
  .then(
    ({ how, rows }) => ({ how, rows }),
    (error: { code?: string; message: string }) => ({ how: 'failed', rows: 0, error: `${error.code}: ${error.message}` }),
  )
console.log(JSON.stringify(result))
