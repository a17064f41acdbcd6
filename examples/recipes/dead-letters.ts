// Keep invalid messages with their bytes and the reason, and write the rest.
// check: SELECT (SELECT count(*) FROM 'data/tickets/*.parquet'), count(*), bool_and(length(reason) > 10) FROM 'data/invalid/*.jsonl'
// gives: 50 2 true
import { writeFileSync } from 'node:fs'
import { into, pipeline, Ticket, ticketStream } from '@tickets/core'
import { commitLog, jsonLines } from '@tickets/core/node'
import { jsonSink, parquetSink } from '@tickets/sinks'

const lines = [...ticketStream({ tickets: 50 })].map((ticket) => JSON.stringify(ticket))
writeFileSync('tickets.jsonl', `${['no JSON at all', ...lines, '{"ticket_id":1}'].join('\n')}\n`)

await pipeline({
  name: 'dead-letters',
  source: jsonLines('tickets.jsonl', { schema: Ticket }),
  log: commitLog('data/log'),
  deadLetters: jsonSink('data/invalid'),
  flows: (tickets) => ({ tickets: tickets.pipe(into(parquetSink('data/tickets'))) }),
}).run()
