/** The middle of some numbers and how far they spread. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** The middle number; of an even count the mean of the middle two. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const half = sorted.length >> 1
  const upper = sorted[half] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2
}

export const spread = (numbers: readonly number[]): Spread => ({ median: median(numbers), min: Math.min(...numbers), max: Math.max(...numbers) })
