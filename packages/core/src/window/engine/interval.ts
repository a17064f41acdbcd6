/** `[start, end)` in epoch milliseconds. */
export interface Interval {
  readonly start: number
  readonly end: number
}
