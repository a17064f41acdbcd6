// Write critical tickets to one dataset, and all others to another.
// check: SELECT (SELECT count(*) FROM 'data/critical/*.parquet') + (SELECT count(*) FROM 'data/others/*.parquet')
// gives: 1000
import { filterRows, generator, into, pipeline, type Ticket } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { parquetSink } from '@tickets/sinks'

await pipeline({
  name: 'route',
  source: generator({ tickets: 1000 }),
  log: commitLog('data/log'),
  flows: (tickets) => ({
    critical: tickets.pipe(
      filterRows((ticket: Ticket) => ticket.priority === 'critical'),
      into(parquetSink('data/critical')),
    ),
    others: tickets.pipe(
      filterRows((ticket: Ticket) => ticket.priority !== 'critical'),
      into(parquetSink('data/others')),
    ),
  }),
}).run()
