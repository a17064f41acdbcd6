// Counts of each client as they change, to a callback: node updates.job.ts <brokers> <topic> <out> <scratch> <milliseconds of a range>
// Each row carries when the newest ticket in it was made: `<made> <seen>` in epoch milliseconds go to <out>/seen.
import { createWriteStream } from 'node:fs'
import { count, into, max, pipeline, Ticket, tumbling, windowed } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { kafkaSource } from '@tickets/kafka-source'
import { callbackSink } from '@tickets/sinks'

const [brokers = '', topic = '', out, scratch, range] = process.argv.slice(2)
const seen = createWriteStream(`${out}/seen`)

await pipeline({
  name: 'latency',
  source: kafkaSource({ schema: Ticket, brokers: brokers.split(','), topic, groupId: topic }),
  log: commitLog(`${scratch}/log`),
  maxOutOfOrderness: '5 seconds',
  range: { time: Number(range) },
  flows: (tickets) => ({
    tickets_by_client: tickets.pipe(
      windowed(tumbling({ size: '1 minute' }), { by: 'client_id', aggregate: { tickets: count(), newest: max('created_at') }, emit: 'updates' }),
      into(
        callbackSink((batch) => {
          const now = Date.now()
          let lines = ''
          for (const { newest } of batch) lines += `${Number(newest)} ${now}\n`
          seen.write(lines)
        }),
      ),
    ),
  }),
}).run()
await new Promise((done) => seen.end(done))
