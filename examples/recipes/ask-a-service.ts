// Ask a service about each ticket, four at a time, in order.
// check: SELECT count(*), bool_and(words > 0) FROM 'data/tickets/*.parquet'
// gives: 100 true
import { setTimeout } from 'node:timers/promises'
import { defineSchema, generator, instant, into, mapAsync, pipeline, type Ticket } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { parquetSink } from '@tickets/sinks'
import * as z from 'zod'

const Counted = defineSchema(z.object({ created_at: instant(), ticket_id: z.string(), words: z.int() }), { name: 'counted', time: 'created_at' })

async function ask({ created_at, ticket_id, request }: Ticket) {
  await setTimeout(1)
  return { created_at, ticket_id, words: request.split(/\s+/).length }
}

await pipeline({
  name: 'ask-a-service',
  source: generator({ tickets: 100 }),
  log: commitLog('data/log'),
  flows: (tickets) => ({ tickets: tickets.pipe(mapAsync(Counted, ask, { concurrency: 4 }), into(parquetSink('data/tickets'))) }),
}).run()
