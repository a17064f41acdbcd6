import { count, defineSchema, instant, into, pipeline, runningTotals, sum } from '@tickets/core'
import { commitLog, jsonLines } from '@tickets/core/node'
import { parquetSink } from '@tickets/sinks'
import * as z from 'zod'
import { report } from './shared/report.ts'

const [input = '', out, scratch] = process.argv.slice(2)
const Payment = defineSchema(z.object({ card: z.string(), at: instant(), amount: z.number() }), { name: 'payment', time: 'at' })

await report(() =>
  pipeline({
    name: 'totals',
    source: jsonLines(input, { schema: Payment, complete: true }),
    log: commitLog(`${scratch}/log`),
    maxOutOfOrderness: '5 seconds',
    flows: (payments) => ({
      totals: payments.pipe(
        runningTotals({ by: 'card', aggregate: { payments: count(), paid: sum('amount') }, stateLimit: '2 GB' }),
        into(parquetSink(`${out}/totals`)),
      ),
    }),
  }).run(),
)
