// Drop tickets that a producer sent twice.
// check: SELECT count(*), count(DISTINCT ticket_id) FROM 'data/once/*.parquet'
// gives: 100 100
import { writeFileSync } from 'node:fs'
import { dedupe, into, pipeline, Ticket, ticketStream } from '@tickets/core'
import { commitLog, jsonLines } from '@tickets/core/node'
import { parquetSink } from '@tickets/sinks'

const lines = [...ticketStream({ tickets: 100 })].flatMap((ticket) => [JSON.stringify(ticket), JSON.stringify(ticket)])
writeFileSync('twice.jsonl', `${lines.join('\n')}\n`)

await pipeline({
  name: 'dedupe',
  source: jsonLines('twice.jsonl', { schema: Ticket }),
  log: commitLog('data/log'),
  flows: (tickets) => ({ once: tickets.pipe(dedupe({ key: 'ticket_id', within: '1 hour' }), into(parquetSink('data/once'))) }),
}).run()
