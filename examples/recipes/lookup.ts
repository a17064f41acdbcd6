// Join each ticket with the plan of its client.
// check: SELECT count(*), bool_and(plan IN ('gold', 'basic')) FROM 'data/with_plan/*.parquet'
// gives: 200 true
import { generator, into, joinTable, pipeline, ticketStream } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { parquetSink } from '@tickets/sinks'
import * as z from 'zod'

const clients = new Set([...ticketStream({ tickets: 200 })].map((ticket) => ticket.client_id))
const plans = new Map([...clients].map((client, i) => [client, { plan: i % 2 === 0 ? 'gold' : 'basic' }]))

await pipeline({
  name: 'lookup',
  source: generator({ tickets: 200 }),
  log: commitLog('data/log'),
  flows: (tickets) => ({
    with_plan: tickets.pipe(joinTable(plans, { on: 'client_id', columns: { plan: z.string() } }), into(parquetSink('data/with_plan'))),
  }),
}).run()
