import { count, defineSchema, instant, into, pipeline, tumbling, windowed } from '@tickets/core'
import { commitLog, jsonLines } from '@tickets/core/node'
import { parquetSink } from '@tickets/sinks'
import * as z from 'zod'
import { report } from './shared/report.ts'

const [input = '', out, scratch] = process.argv.slice(2)
const Keyed = defineSchema(
  z.object({
    ticket_id: z.uuid(),
    client_id: z.string().regex(/^CLIENT_\d+$/),
    created_at: instant(),
    request: z.string().min(1),
    request_type: z.string(),
    priority: z.string(),
  }),
  { name: 'keyed', time: 'created_at' },
)

await report(() =>
  pipeline({
    name: 'growth',
    source: jsonLines(input, { schema: Keyed, complete: true }),
    log: commitLog(`${scratch}/log`),
    maxOutOfOrderness: '5 seconds',
    flows: (tickets) => ({
      by_client: tickets.pipe(
        windowed(tumbling({ size: '1 day' }), { by: 'client_id', aggregate: { tickets: count() } }),
        into(parquetSink(`${out}/by_client`)),
      ),
    }),
  }).run(),
)
