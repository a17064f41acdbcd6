// Keep rows that came too late for their window, beside the counts.
// check: SELECT (SELECT sum(tickets)::INT FROM 'data/by_minute/*.parquet') + (SELECT count(*) FROM 'data/late/*.parquet'), (SELECT count(*) > 0 FROM 'data/late/*.parquet')
// gives: 1000 true
import { count, generator, into, pipeline, tumbling, windowed } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { parquetSink } from '@tickets/sinks'

await pipeline({
  name: 'late-rows',
  source: generator({ tickets: 1000, spacing: '1 second', disorder: '30 seconds' }),
  log: commitLog('data/log'),
  maxOutOfOrderness: 0,
  late: parquetSink('data/late'),
  flows: (tickets) => ({
    by_minute: tickets.pipe(windowed(tumbling({ size: '1 minute' }), { aggregate: { tickets: count() } }), into(parquetSink('data/by_minute'))),
  }),
}).run()
