// Assign a team to each ticket, and count by team.
// check: SELECT sum(tickets)::INT, count(DISTINCT assigned_team) FROM 'data/by_team/*.parquet'
// gives: 1000 4
import { assignTeam, count, generator, into, pipeline, tumbling, windowed } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { parquetSink } from '@tickets/sinks'

await pipeline({
  name: 'teams',
  source: generator({ tickets: 1000, spacing: '10 seconds' }),
  log: commitLog('data/log'),
  flows: (tickets) => ({
    by_team: tickets.pipe(
      assignTeam(),
      windowed(tumbling({ size: '1 hour' }), { by: 'assigned_team', aggregate: { tickets: count() } }),
      into(parquetSink('data/by_team')),
    ),
  }),
}).run()
