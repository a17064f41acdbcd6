// Average length of a request over the last hour, every 15 minutes.
// check: SELECT count(*) > 20 AND min(length) > 10 FROM 'data/lengths/*.parquet'
// gives: true
import { generator, hopping, into, mean, pipeline, windowed, withColumn } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { parquetSink } from '@tickets/sinks'
import * as z from 'zod'

await pipeline({
  name: 'moving-average',
  source: generator({ tickets: 1000, spacing: '30 seconds' }),
  log: commitLog('data/log'),
  flows: (tickets) => ({
    lengths: tickets.pipe(
      withColumn('length', z.int(), (ticket) => ticket.request.length),
      windowed(hopping({ size: '1 hour', advance: '15 minutes' }), { aggregate: { length: mean('length') } }),
      into(parquetSink('data/lengths')),
    ),
  }),
}).run()
