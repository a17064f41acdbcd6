import type { Json } from '../base/json.ts'

/**
 * A sum of doubles without rounding until it is read, so that it does not depend on the order of its terms: Shewchuk, "Adaptive
 * Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates" (1997), as in Python's `math.fsum`.
 */
export interface ExactSum {
  /** Doubles that do not overlap, in growing magnitude, whose exact sum it is. */
  readonly parts: number[]
  /** Units of 2^1023 beside the parts: what is too large for a double while terms are added may still come back into its range. */
  beyond: number
  /** Infinities among the terms; both of them make no number. */
  high: boolean
  low: boolean
}

/** Returns the sum of no terms. */
export const noSum = (): ExactSum => ({ parts: [], beyond: 0, high: false, low: false })

const UNIT = 2 ** 1023

/** Adds a term to a sum, without rounding. */
export function addTo(sum: ExactSum, term: number): void {
  if (!Number.isFinite(term)) {
    if (term > 0) sum.high = true
    else sum.low = true
    return
  }
  const { parts } = sum
  let x = term
  let kept = 0
  for (let i = 0; i < parts.length; i++) {
    let y = parts[i] as number
    if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x]
    let high = x + y
    // Only numbers of one sign overflow, so the larger is at least a unit, and less than two: taking one away is exact.
    while (!Number.isFinite(high)) {
      const unit = Math.sign(x) * UNIT
      sum.beyond += Math.sign(x)
      x -= unit
      if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x]
      high = x + y
    }
    const low = y - (high - x)
    if (low !== 0) parts[kept++] = low
    x = high
  }
  parts[kept] = x
  parts.length = kept + 1
}

/** Adds the sum `b` to the sum `a`, without rounding. */
export function mergeInto(a: ExactSum, b: ExactSum): void {
  for (const part of b.parts) addTo(a, part)
  a.beyond += b.beyond
  a.high ||= b.high
  a.low ||= b.low
}

/** Returns the value of a sum, rounded once, half to even. */
export function valueOfSum({ parts, beyond, high: plus, low: minus }: ExactSum): number {
  if (plus || minus) return plus && minus ? Number.NaN : plus ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
  return beyond === 0 ? rounded(parts) : roundedBeyond(parts, beyond)
}

/** More units than these cannot come back into the range of a double: the parts hold less than two. */
const MOST_UNITS = 4

/**
 * The same where units stand beside the parts. They go back into the parts if they fit. Otherwise the sum is near the largest double, so
 * a sixteenth of everything is added up, which cannot overflow, and rounds as the whole does.
 */
function roundedBeyond(parts: readonly number[], beyond: number): number {
  if (Math.abs(beyond) > MOST_UNITS) return beyond * Number.POSITIVE_INFINITY
  const whole: ExactSum = { ...noSum(), parts: [...parts] }
  for (let unit = 0; unit < Math.abs(beyond); unit++) addTo(whole, Math.sign(beyond) * UNIT)
  if (whole.beyond === 0 && Math.abs(whole.parts.at(-1) ?? 0) < UNIT) return rounded(whole.parts)
  return rounded(scaledParts(whole, 1 / 16)) * 16
}

/** The parts of a sum times a power of two, small enough that its units fit into them. */
function scaledParts({ parts, beyond }: ExactSum, scale: number): readonly number[] {
  const scaled = noSum()
  addTo(scaled, beyond * (UNIT * scale))
  for (const part of parts.toReversed()) {
    const exact = (part * scale) / scale === part
    addTo(scaled, exact ? part * scale : Math.sign(part) * Number.MIN_VALUE)
    // What is too small to be scaled can only decide a tie, and the largest of it has the sign of all.
    if (!exact) break
  }
  return scaled.parts
}

/** Divides the exact sum of `count` numbers by their count. A mean of numbers is finite though their sum is too large for a double. */
export function meanOfSum(sum: ExactSum, count: number): number {
  const value = valueOfSum(sum)
  if (Number.isFinite(value) || sum.high || sum.low) return value / count
  return rounded(scaledParts(sum, MEAN_SCALE)) / count / MEAN_SCALE
}

/** Leaves room for more units than there are numbers that a process can add up. */
const MEAN_SCALE = 2 ** -60

function rounded(parts: readonly number[]): number {
  let n = parts.length
  if (n === 0) return 0
  let high = parts[--n] as number
  let low = 0
  while (n > 0) {
    const x = high
    const y = parts[--n] as number
    high = x + y
    low = y - (high - x)
    if (low !== 0) break
  }
  const next = parts[n - 1]
  // The rest decides a tie that `low` alone would round to even.
  if (n > 0 && next !== undefined && ((low < 0 && next < 0) || (low > 0 && next > 0))) {
    const twice = low * 2
    const other = high + twice
    if (twice === other - high) high = other
  }
  return high === 0 ? 0 : high
}

/** Returns a sum as JSON. `beyond` is a list of its own after the flags, so that sums without it have the format of earlier releases. */
export const sumToJson = ({ high, low, beyond, parts }: ExactSum): Json => [high, low, ...(beyond === 0 ? [] : [[beyond]]), ...parts]

/** Reads a sum from the JSON of `sumToJson`. */
export function sumFromJson(json: Json): ExactSum {
  const [high, low, ...rest] = json as [boolean, boolean, ...(number | [number])[]]
  const [units] = rest
  const beyond = Array.isArray(units) ? units[0] : 0
  return { parts: (Array.isArray(units) ? rest.slice(1) : rest) as number[], beyond, high, low }
}
