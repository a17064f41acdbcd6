import { ticketStream } from '@tickets/core'
import { datasets, openOutput, rowsOf } from '../shared/read-back.ts'
import { summarize } from '../shared/summary.ts'

/** What the datasets of a run hold, counted in the files. */
export interface Found {
  readonly tickets: number
  /** Tickets that are there once or more; fewer than `tickets` when one is there twice. */
  readonly different: number
  readonly late: number
  readonly by_type: Readonly<Record<string, number>>
  readonly by_priority: Readonly<Record<string, number>>
  readonly windows_by_type: number
  readonly windows_by_priority: number
  /** All rows of all datasets, in whatever order they are: equal where these are. */
  readonly digest: string
}

/** Reads a run's datasets back with DuckDB. How often a window was revised on the way to its result does not count. */
export async function found(output: string): Promise<Found> {
  const { tickets, late, by_type, by_priority } = await summarize(output, 'parquet', 0, 0)
  const db = await openOutput(output, 'parquet')
  try {
    const one = async (sql: string) => (await rowsOf(db, `SELECT ${sql} AS n`))[0]?.n
    const count = async (dataset: string) => Number(await one(`(SELECT count(*) FROM ${dataset})`))
    const digests: string[] = []
    for (const [name, columns] of Object.entries(datasets)) {
      const values = Object.keys(columns).filter((column) => column !== 'revision')
      digests.push(
        String(await one(`(SELECT count(*) || ':' || coalesce(sum(hash(${values.map((c) => `"${c}"`).join(', ')})::HUGEINT), 0) FROM "${name}")`)),
      )
    }
    return {
      tickets,
      different: Number(await one('(SELECT count(DISTINCT ticket_id) FROM tickets_with_assignment)')),
      late,
      by_type,
      by_priority,
      windows_by_type: await count('tickets_by_type'),
      windows_by_priority: await count('tickets_by_priority'),
      digest: digests.join(' '),
    }
  } finally {
    db.closeSync()
  }
}

/** What is wrong with the results of a run: compared with the tickets that were sent, and with all rows of another run. */
export function differences(name: string, found: Found, { tickets, seed, like }: { tickets: number; seed: number; like: string }): string[] {
  const types: Record<string, number> = {}
  const priorities: Record<string, number> = {}
  for (const { request_type, priority } of ticketStream({ seed, tickets })) {
    types[request_type] = (types[request_type] ?? 0) + 1
    priorities[priority] = (priorities[priority] ?? 0) + 1
  }
  const wrong: string[] = []
  const check = (what: string, is: unknown, shall: unknown) => {
    const [a, b] = [is, shall].map((value) => JSON.stringify(Object.entries(Object(value)).length > 0 ? Object.entries(Object(value)).sort() : value))
    if (a !== b) wrong.push(`${name} has ${what} ${a} instead of ${b}`)
  }
  check('tickets', found.tickets, tickets)
  check('different tickets', found.different, tickets)
  check('late tickets', found.late, 0)
  check('tickets by type', found.by_type, types)
  check('tickets by priority', found.by_priority, priorities)
  if (found.digest !== like) wrong.push(`${name} has other rows than the first run`)
  return wrong
}
