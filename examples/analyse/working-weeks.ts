import type { Ticket } from '@tickets/core'

const HOUR = 3_600_000
const WEEK = 7 * 24 * HOUR

/** When the made-up tickets begin: a Monday. */
export const START = '2026-10-05T00:00:00Z'
const start = Date.parse(START)

/** Share of an hour's tickets that is kept, from midnight on. */
const weekday = [2, 1, 1, 1, 2, 4, 10, 22, 44, 60, 58, 50, 36, 46, 54, 52, 46, 38, 26, 18, 12, 8, 5, 3]
const SATURDAY = 5

/** Hours of failures, from the start, in which all technical requests come through. */
const failures: readonly (readonly [from: number, to: number])[] = [
  [8 * 24 + 20, 8 * 24 + 22],
  [24 * 24 + 6, 24 * 24 + 8],
]
/** A public holiday, the 27th day, has as few as a Sunday. */
const HOLIDAY = 28

/**
 * Whether a ticket of the generator, which spreads them evenly, is kept, so that there are days and nights, weekends, growth, a holiday and two
 * failures to be found. A function of the ticket alone, as replay asks for.
 */
export function inWorkingWeeks({ ticket_id, created_at, request_type }: Ticket): boolean {
  const since = created_at.getTime() - start
  const hours = Math.floor(since / HOUR)
  if (request_type === 'technical' && failures.some(([from, to]) => hours >= from && hours < to)) return true
  const day = Math.floor(hours / 24)
  const isSlow = day % 7 >= SATURDAY || day === HOLIDAY
  const share = ((weekday[hours % 24] ?? 0) / 100) * (isSlow ? 0.25 : 1) * (1 + 0.06 * Math.floor(since / WEEK))
  // The first word of the id is evenly spread.
  return Number.parseInt(ticket_id.slice(0, 8), 16) / 2 ** 32 < share
}
