// Run again: it resumes after the last commit, and what is written stays.
// check: SELECT count(*), count(DISTINCT ticket_id) FROM 'data/tickets/*.parquet'
// gives: 1000 1000
import { generator, into, pipeline } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { parquetSink } from '@tickets/sinks'

const tickets = (many: number) =>
  pipeline({
    name: 'resume',
    source: generator({ tickets: many }),
    log: commitLog('data/log'),
    flows: (all) => ({ tickets: all.pipe(into(parquetSink('data/tickets'))) }),
  }).run()

const first = await tickets(1000)
const again = await tickets(1000)
console.log(first.rows, again.rows)
