// Merge many small files into few.
// check: SELECT count(*), count(DISTINCT filename) < 5 FROM read_parquet('data/tickets/*.parquet', filename = true)
// gives: 6000 true
import { generator, into, pipeline } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { compact, parquetSink } from '@tickets/sinks'

await pipeline({
  name: 'compact',
  source: generator({ tickets: 6000 }),
  log: commitLog('data/log'),
  range: { rows: 500 },
  flows: (tickets) => ({ tickets: tickets.pipe(into(parquetSink('data/tickets'))) }),
}).run()

const { rows, superseded } = await compact('data/tickets')
console.log(rows, superseded)
