// Sessions: tickets of one client with less than 10 minutes between them.
// check: SELECT sum(tickets)::INT, count(*) < 1000 FROM 'data/sessions/*.parquet'
// gives: 1000 true
import { count, generator, into, pipeline, session, windowed } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { parquetSink } from '@tickets/sinks'

await pipeline({
  name: 'sessions',
  // One partition: over several, the source must be keyed by the client.
  source: generator({ tickets: 1000, partitions: 1, spacing: '5 seconds' }),
  log: commitLog('data/log'),
  flows: (tickets) => ({
    sessions: tickets.pipe(
      windowed(session({ gap: '10 minutes' }), { by: 'client_id', aggregate: { tickets: count() } }),
      into(parquetSink('data/sessions')),
    ),
  }),
}).run()
