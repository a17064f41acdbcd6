// Read JSON Lines of your own schema into Parquet.
// check: SELECT count(*), sum(cents)::INT FROM 'data/payments/*.parquet'
// gives: 3 600
import { writeFileSync } from 'node:fs'
import { defineSchema, instant, into, pipeline } from '@tickets/core'
import { commitLog, jsonLines } from '@tickets/core/node'
import { parquetSink } from '@tickets/sinks'
import * as z from 'zod'

const Payment = defineSchema(z.object({ paid_at: instant(), payment_id: z.int(), cents: z.int() }), { name: 'payment', time: 'paid_at' })
const lines = [1, 2, 3].map((n) => JSON.stringify({ paid_at: `2026-01-01T00:00:0${n}Z`, payment_id: n, cents: n * 100 }))
writeFileSync('payments.jsonl', `${lines.join('\n')}\n`)

await pipeline({
  name: 'own-schema',
  source: jsonLines('payments.jsonl', { schema: Payment }),
  log: commitLog('data/log'),
  flows: (payments) => ({ payments: payments.pipe(into(parquetSink('data/payments'))) }),
}).run()
