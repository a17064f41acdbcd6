import type { Json } from '../base/json.ts'

/**
 * A sum of doubles without rounding until it is read, so that it does not depend on the order of its terms: Shewchuk, "Adaptive
 * Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates" (1997), as in Python's `math.fsum`.
 */
export interface ExactSum {
  /** Doubles that do not overlap, in growing magnitude, whose exact sum it is. */
  readonly parts: number[]
  /** Infinities among the terms; both of them make no number. */
  high: boolean
  low: boolean
}

export const noSum = (): ExactSum => ({ parts: [], high: false, low: false })

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
    const high = x + y
    const low = y - (high - x)
    if (low !== 0) parts[kept++] = low
    x = high
  }
  if (!Number.isFinite(x)) {
    parts.length = 0
    if (x > 0) sum.high = true
    else sum.low = true
    return
  }
  parts[kept] = x
  parts.length = kept + 1
}

export function mergeInto(a: ExactSum, b: ExactSum): void {
  for (const part of b.parts) addTo(a, part)
  a.high ||= b.high
  a.low ||= b.low
}

/** The exact sum, rounded once, half to even. */
export function valueOfSum({ parts, high: plus, low: minus }: ExactSum): number {
  if (plus || minus) return plus && minus ? Number.NaN : plus ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
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

export const sumToJson = (sum: ExactSum): Json => [sum.high, sum.low, ...sum.parts]

export function sumFromJson(json: Json): ExactSum {
  const [high, low, ...parts] = json as [boolean, boolean, ...number[]]
  return { parts, high, low }
}
