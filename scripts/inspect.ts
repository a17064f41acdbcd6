/**
 * Prints what a dataset holds: `pnpm inspect data/tickets`. `--sql` prints a view for DuckDB that shows the last revision of each result.
 */
import { inspect, viewSql } from '@tickets/sinks'
import * as z from 'zod'
import { command } from './lake/command.ts'
import { inspectionTable } from './lake/text.ts'

const flags = z.object({
  json: z.boolean().default(false).describe('print it as JSON, an array with an object for each version'),
  sql: z.boolean().default(false).describe('print the SQL of a DuckDB view that shows the last revision only'),
  sample: z.int().min(0).default(10_000).describe('rows that are written as JSON to compare sizes'),
})

await command('inspect', 'Says what a dataset holds', flags, async (dir, { json, sql, sample }) => {
  const found = await inspect(dir, { sample })
  if (sql) console.log(viewSql(found))
  else if (json) console.log(JSON.stringify(found, null, 2))
  else for (const one of found) console.log(inspectionTable(one))
})
