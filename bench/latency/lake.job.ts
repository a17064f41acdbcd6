// The four datasets from Kafka until it is stopped: node lake.job.ts <brokers> <topic> <out> <scratch> <milliseconds of a range>
import { assignTeam, count, countDistinct, highPriority, into, pipeline, Ticket, tumbling, windowed } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { kafkaSource } from '@tickets/kafka-source'
import { parquetSink } from '@tickets/sinks'

const [brokers = '', topic = '', out, scratch, range] = process.argv.slice(2)
const minute = tumbling({ size: '1 minute' })
const aggregate = { tickets: count(), clients: countDistinct('client_id') }

await pipeline({
  name: 'latency',
  source: kafkaSource({ schema: Ticket, brokers: brokers.split(','), topic, groupId: topic }),
  log: commitLog(`${scratch}/log`),
  maxOutOfOrderness: '5 seconds',
  range: { time: Number(range) },
  flows: (tickets) => ({
    tickets_with_assignment: tickets.pipe(assignTeam(), into(parquetSink(`${out}/tickets_with_assignment`))),
    high_priority_tickets: tickets.pipe(highPriority(), assignTeam(), into(parquetSink(`${out}/high_priority_tickets`))),
    tickets_by_type: tickets.pipe(windowed(minute, { by: 'request_type', aggregate }), into(parquetSink(`${out}/tickets_by_type`))),
    tickets_by_priority: tickets.pipe(windowed(minute, { by: 'priority', aggregate }), into(parquetSink(`${out}/tickets_by_priority`))),
  }),
}).run()
