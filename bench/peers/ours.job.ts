import { assignTeam, count, countDistinct, highPriority, into, pipeline, Ticket, tumbling, windowed } from '@tickets/core'
import { commitLog, jsonLines } from '@tickets/core/node'
import { jsonSink, parquetSink } from '@tickets/sinks'
import { report } from '../shared/report.ts'

const [input = '', out, scratch] = process.argv.slice(2)
const minute = tumbling({ size: '1 minute' })
const aggregate = { tickets: count(), clients: countDistinct('client_id') }

await report(() =>
  pipeline({
    name: 'bench',
    source: jsonLines(input, { schema: Ticket, complete: true }),
    log: commitLog(`${scratch}/log`),
    deadLetters: jsonSink(`${scratch}/dead_letters`),
    maxOutOfOrderness: '5 seconds',
    flows: (tickets) => ({
      tickets_with_assignment: tickets.pipe(assignTeam(), into(parquetSink(`${out}/tickets_with_assignment`))),
      high_priority_tickets: tickets.pipe(highPriority(), assignTeam(), into(parquetSink(`${out}/high_priority_tickets`))),
      tickets_by_type: tickets.pipe(windowed(minute, { by: 'request_type', aggregate }), into(parquetSink(`${out}/tickets_by_type`))),
      tickets_by_priority: tickets.pipe(windowed(minute, { by: 'priority', aggregate }), into(parquetSink(`${out}/tickets_by_priority`))),
    }),
  }).run(),
)
