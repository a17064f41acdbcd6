// Write CSV, sorted within each file.
// check: SELECT count(*) FROM 'data/tickets/*.csv'
// gives: 300
import { generator, into, pipeline } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { csvSink } from '@tickets/sinks'

await pipeline({
  name: 'csv',
  source: generator({ tickets: 300 }),
  log: commitLog('data/log'),
  flows: (tickets) => ({ tickets: tickets.pipe(into(csvSink('data/tickets', { sortBy: 'created_at' }))) }),
}).run()
