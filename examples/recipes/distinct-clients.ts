// Count distinct clients by hour, exactly.
// check: SELECT sum(tickets)::INT, bool_and(clients <= tickets) FROM 'data/clients/*.parquet'
// gives: 1000 true
import { count, countDistinct, generator, into, pipeline, tumbling, windowed } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { parquetSink } from '@tickets/sinks'

const aggregate = { tickets: count(), clients: countDistinct('client_id') }

await pipeline({
  name: 'distinct-clients',
  source: generator({ tickets: 1000, spacing: '20 seconds' }),
  log: commitLog('data/log'),
  flows: (tickets) => ({ clients: tickets.pipe(windowed(tumbling({ size: '1 hour' }), { aggregate }), into(parquetSink('data/clients'))) }),
}).run()
