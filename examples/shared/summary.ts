import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { FileFormat } from '@tickets/sinks'
import { table } from 'table'
import { openOutput, rowsOf } from './read-back.ts'

/** What the datasets hold, counted in the files. */
export interface Summary {
  tickets: number
  rejected: number
  late: number
  by_type: Record<string, number>
  by_priority: Record<string, number>
  high_priority: number
  seconds: number
  tickets_per_second: number
}

/** How many tickets there are before a run that continues; 0 where there is no output yet. */
export async function ticketsIn(output: string, format: FileFormat): Promise<number> {
  if (!existsSync(join(output, 'late'))) return 0
  const db = await openOutput(output, format)
  try {
    return Number((await rowsOf(db, 'SELECT count(*) AS n FROM tickets_with_assignment'))[0]?.n ?? 0)
  } finally {
    db.closeSync()
  }
}

/**
 * Reads the datasets back with DuckDB. `seconds` is how long the run took, from the first read to the last file visible; the tickets that were
 * there `before` do not count in the rate.
 */
export async function summarize(output: string, format: FileFormat, seconds: number, before: number): Promise<Summary> {
  const db = await openOutput(output, format)
  try {
    const one = async (sql: string) => Number((await rowsOf(db, `SELECT ${sql} AS n`))[0]?.n ?? 0)
    const by = async (column: string, dataset: string) =>
      Object.fromEntries(
        (await rowsOf(db, `SELECT ${column} AS k, sum(tickets)::BIGINT AS n FROM ${dataset} GROUP BY ALL ORDER BY k`)).map(({ k, n }) => [k, n]),
      ) as Record<string, number>
    const tickets = await one('(SELECT count(*) FROM tickets_with_assignment)')
    return {
      tickets,
      rejected: await one('(SELECT count(*) FROM dead_letters)'),
      // A row may be late once in each of the three flows with windows.
      late: await one('(SELECT count(DISTINCT (row, position)) FROM late)'),
      by_type: await by('request_type', 'tickets_by_type'),
      by_priority: await by('priority', 'tickets_by_priority'),
      high_priority: await one('(SELECT count(*) FROM high_priority_tickets)'),
      seconds: Math.round(seconds * 1000) / 1000,
      tickets_per_second: seconds > 0 ? Math.round((tickets - before) / seconds) : 0,
    }
  } finally {
    db.closeSync()
  }
}

/** Lines of cells as a table, numbers to the right, with a rule before each line of these. */
export function drawn(lines: readonly (readonly string[])[], rules: readonly number[]): string {
  const columns = Object.fromEntries((lines[0] ?? []).slice(1).map((_, i) => [i + 1, { alignment: 'right' as const }]))
  return table(
    lines.map((line) => [...line]),
    { columns, drawHorizontalLine: (i, n) => i === 0 || i === n || rules.includes(i) },
  ).trimEnd()
}

/** The summary as a table. */
export function asTable(summary: Summary): string {
  const number = new Intl.NumberFormat('en-US')
  const group = (title: string, values: Record<string, number>) => Object.entries(values).map(([k, n]) => [`${title} ${k}`, number.format(n)])
  const rows = [
    ['tickets', number.format(summary.tickets)],
    ['rejected', number.format(summary.rejected)],
    ['late', number.format(summary.late)],
    ...group('type', summary.by_type),
    ...group('priority', summary.by_priority),
    ['high priority', number.format(summary.high_priority)],
    ['seconds', number.format(summary.seconds)],
    ['tickets a second', number.format(summary.tickets_per_second)],
  ]
  return table(rows, { columns: { 1: { alignment: 'right' } }, drawHorizontalLine: (i, n) => i === 0 || i === n || [3, 7, 11].includes(i) }).trimEnd()
}
