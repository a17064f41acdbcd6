import * as z from 'zod'
import type { CommandDefinition } from '../program/command.ts'

const flags = z.object({
  json: z.boolean().default(false).describe('print JSON: an array with one object for each version'),
  sql: z.boolean().default(false).describe('print the SQL of a DuckDB view that shows the last revision of each row'),
  sample: z.int().min(0).default(10_000).describe('rows to write as JSON for the comparison of sizes'),
})

/** Makes the command `inspect`, which shows what a dataset holds. */
export const inspectCommand = ({ print }: { readonly print: (text: string) => void }): CommandDefinition<typeof flags> => ({
  name: 'inspect',
  description: 'Show what a dataset holds: versions, rows, files, sizes, tasks and partitions.',
  examples: ['tickets inspect data/tickets', 'tickets inspect data/tickets --sql | duckdb'],
  arguments: [['<dir>', 'the folder of the dataset']],
  flags,
  prefix: 'TICKETS_INSPECT_',
  async run([dir = ''], { json, sql, sample }) {
    const [{ inspect, viewSql }, { inspectionTable }] = await Promise.all([import('@tickets/sinks'), import('../tables.ts')])
    const found = await inspect(dir, { sample })
    if (sql) print(`${viewSql(found)}\n`)
    else if (json) print(`${JSON.stringify(found, null, 2)}\n`)
    else for (const one of found) print(`${inspectionTable(one)}\n`)
    return 0
  },
})
