// The two most frequent types of a day, as JSON.
// check: SELECT count(*) > 0 AND bool_and(json_array_length(top) = 2) FROM 'data/top/*.parquet'
// gives: true
import { generator, into, pipeline, topK, tumbling, windowed } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { parquetSink } from '@tickets/sinks'

await pipeline({
  name: 'top-types',
  source: generator({ tickets: 1000, spacing: '5 minutes' }),
  log: commitLog('data/log'),
  flows: (tickets) => ({
    top: tickets.pipe(windowed(tumbling({ size: '1 day' }), { aggregate: { top: topK('request_type', 2) } }), into(parquetSink('data/top'))),
  }),
}).run()
