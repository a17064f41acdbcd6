import type { Json } from '../../base/json.ts'
import type { Interval } from './interval.ts'

/** Returns the key of a partial aggregate, the same in every task: the window's bounds and the key's values. */
export const partialKey = (interval: Interval, values: readonly Json[]) => JSON.stringify([interval.start, interval.end, ...values])

/** Returns a reader of such keys. They arrive window by window, so it parses the bounds once for each window, and cuts out a single plain text without parsing. */
export function partialKeyReader(): (key: string) => { readonly interval: Interval; readonly values: readonly Json[] } {
  let interval: Interval = { start: Number.NaN, end: Number.NaN }
  let opening = '['
  return (key) => {
    if (key.startsWith(opening) && key.endsWith('"]')) {
      const text = key.slice(opening.length, -2)
      if (!text.includes('"') && !text.includes('\\')) return { interval, values: [text] }
    }
    const [start, end, ...values] = JSON.parse(key) as [number, number, ...Json[]]
    if (start !== interval.start || end !== interval.end) {
      interval = { start, end }
      opening = `[${start},${end},"`
    }
    return { interval, values }
  }
}
