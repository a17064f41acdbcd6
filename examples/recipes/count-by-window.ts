// Count tickets by minute and priority.
// check: SELECT sum(tickets)::INT FROM 'data/by_priority/*.parquet'
// gives: 1000
import { count, generator, into, pipeline, tumbling, windowed } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { parquetSink } from '@tickets/sinks'

await pipeline({
  name: 'count-by-window',
  source: generator({ tickets: 1000, spacing: '1 second' }),
  log: commitLog('data/log'),
  flows: (tickets) => ({
    by_priority: tickets.pipe(
      windowed(tumbling({ size: '1 minute' }), { by: 'priority', aggregate: { tickets: count() } }),
      into(parquetSink('data/by_priority')),
    ),
  }),
}).run()
