// Hash the client and mask the text before anything is written.
// check: SELECT count(*), bool_and(request = '***'), bool_and(length(client_id) = 64) FROM 'data/safe/*.parquet'
// gives: 200 true true
import { generator, into, pipeline, redact } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { parquetSink } from '@tickets/sinks'

const key = process.env.REDACT_KEY ?? 'only for this recipe: an example of a key'

await pipeline({
  name: 'redact',
  source: generator({ tickets: 200 }),
  log: commitLog('data/log'),
  flows: (tickets) => ({
    safe: tickets.pipe(
      redact({ fields: ['client_id'], how: 'hash', key }),
      redact({ fields: ['request'], how: 'mask' }),
      into(parquetSink('data/safe')),
    ),
  }),
}).run()
