import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A page that shows what was measured or tested, and how old that may be. */
export interface Dated {
  readonly page: string
  readonly mostDays: number
  /** What to run to measure or test it again. */
  readonly again: string
}

const DAY_MS = 86_400_000

/** The pages whose figures grow old: their build fails when these are older than this. */
export const dated: readonly Dated[] = [
  { page: 'docs/performance.md', mostDays: 90, again: 'pnpm bench --record' },
  { page: 'docs/reference/support.md', mostDays: 30, again: 'pnpm support' },
]

/** Returns the days on which a page says that something was measured or tested, such as `2026-11-21`, the oldest first. */
export const daysIn = (text: string): string[] => [...text.matchAll(/\b(?:Measured|tested) (\d{4}-\d\d-\d\d)\b/gi)].map(([, day = '']) => day).sort()

/**
 * Returns why pages are too old to be published, one line each.
 *
 * @param now epoch milliseconds
 * @example
 * agedPages(dated, root, Date.now()) // ['docs/performance.md shows what was measured 2026-07-01, 153 days ago, of at most 90: …']
 */
export function agedPages(all: readonly Dated[], root: string, now: number): string[] {
  return all.flatMap(({ page, mostDays, again }) => {
    const [oldest] = daysIn(readFileSync(join(root, page), 'utf8'))
    if (oldest === undefined) return [`${page} does not say when it was measured: run ${again}`]
    const days = Math.floor((now - Date.parse(oldest)) / DAY_MS)
    return days > mostDays ? [`${page} shows what was measured ${oldest}, ${days} days ago, of at most ${mostDays}: run ${again}`] : []
  })
}
