/** The middle of some numbers and how far they spread. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
  /** The 25th percentile, and the 75th: a moment of the machine's moves them less than the least and the most. */
  readonly low: number
  readonly high: number
}

/** The number below which a part of them lies, on the line between the two that are nearest, as DuckDB's `quantile_cont` has it. */
export function quantile(numbers: readonly number[], part: number): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const at = (sorted.length - 1) * part
  const [below, above] = [sorted[Math.floor(at)] ?? Number.NaN, sorted[Math.ceil(at)] ?? Number.NaN]
  return below + (above - below) * (at - Math.floor(at))
}

/** The middle number; of an even count the mean of the middle two. */
export const median = (numbers: readonly number[]): number => quantile(numbers, 0.5)

export const spread = (numbers: readonly number[]): Spread => ({
  median: median(numbers),
  min: Math.min(...numbers),
  max: Math.max(...numbers),
  low: quantile(numbers, 0.25),
  high: quantile(numbers, 0.75),
})

/** Returns the middle with the 25th and the 75th percentile, as text. */
export const quartiles = ({ median, low, high }: Spread): string => `${median.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`
