// Partition files by day and type, as Hive does.
// check: SELECT count(*), count(DISTINCT created_date), count(DISTINCT request_type) FROM read_parquet('data/tickets/**/*.parquet', hive_partitioning = true)
// gives: 500 4 4
import { generator, into, pipeline } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { day, parquetSink } from '@tickets/sinks'

await pipeline({
  name: 'by-day',
  source: generator({ tickets: 500, spacing: '10 minutes' }),
  log: commitLog('data/log'),
  flows: (tickets) => ({ tickets: tickets.pipe(into(parquetSink('data/tickets', { partitionBy: [day('created_at'), 'request_type'] }))) }),
}).run()
