// Show windows while they fill: of each window the highest revision counts.
// check: SELECT sum(tickets)::INT FROM (SELECT tickets FROM 'data/updates/*.parquet' QUALIFY row_number() OVER (PARTITION BY window_start ORDER BY revision DESC) = 1)
// gives: 1000
import { count, generator, into, pipeline, tumbling, windowed } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { parquetSink } from '@tickets/sinks'

await pipeline({
  name: 'updates',
  source: generator({ tickets: 1000, spacing: '1 second' }),
  log: commitLog('data/log'),
  range: { rows: 100 },
  flows: (tickets) => ({
    updates: tickets.pipe(
      windowed(tumbling({ size: '5 minutes' }), { aggregate: { tickets: count() }, emit: 'updates' }),
      into(parquetSink('data/updates')),
    ),
  }),
}).run()
