import type { Json } from '../base/json.ts'

/**
 * Estimates quantiles with a guaranteed relative error. It merges by adding counts, so any order gives the same: Masson,
 * Rim, Lee, "DDSketch: A Fast and Fully-Mergeable Quantile Sketch with Relative-Error Guarantees" (VLDB 2019), without collapsing.
 * A bucket `i` holds the values in (gamma^(i-1), gamma^i]; doubles of all sizes need some 71,000 of them at an error of 1 %, a column
 * of times or amounts a few hundred.
 */
export class DdSketch {
  readonly #gamma: number
  readonly #log: number
  readonly positive = new Map<number, number>()
  readonly negative = new Map<number, number>()
  zeros = 0
  count = 0
  /** The extremes are known exactly. */
  min = Number.POSITIVE_INFINITY
  max = Number.NEGATIVE_INFINITY

  /** @param error relative, between 0 and 1 */
  constructor(error: number) {
    this.#gamma = (1 + error) / (1 - error)
    this.#log = Math.log(this.#gamma)
  }

  add(given: number): void {
    // JSON has no -0.
    const value = given + 0
    this.count++
    if (value < this.min) this.min = value
    if (value > this.max) this.max = value
    if (value === 0) this.zeros++
    else {
      const buckets = value > 0 ? this.positive : this.negative
      const i = Math.ceil(Math.log(Math.abs(value)) / this.#log)
      buckets.set(i, (buckets.get(i) ?? 0) + 1)
    }
  }

  merge(other: DdSketch): void {
    this.count += other.count
    this.zeros += other.zeros
    this.min = Math.min(this.min, other.min)
    this.max = Math.max(this.max, other.max)
    for (const [i, n] of other.positive) this.positive.set(i, (this.positive.get(i) ?? 0) + n)
    for (const [i, n] of other.negative) this.negative.set(i, (this.negative.get(i) ?? 0) + n)
  }

  /** The value of rank `floor(q · (count − 1))`, to the relative error; null of none. */
  quantile(q: number): number | null {
    if (this.count === 0) return null
    let rank = Math.floor(q * (this.count - 1))
    if (rank === 0) return this.min
    if (rank === this.count - 1) return this.max
    for (const [i, n] of [...this.negative].sort(([a], [b]) => b - a)) {
      if (rank < n) return this.#within(-this.#middle(i))
      rank -= n
    }
    if (rank < this.zeros) return 0
    rank -= this.zeros
    for (const [i, n] of [...this.positive].sort(([a], [b]) => a - b)) {
      if (rank < n) return this.#within(this.#middle(i))
      rank -= n
    }
    return this.max
  }

  toJson(): Json {
    const flat = (buckets: Map<number, number>) => [...buckets].sort(([a], [b]) => a - b).flat()
    const extremes = this.count > 0 ? [this.min, this.max] : []
    return [this.count, this.zeros, flat(this.positive), flat(this.negative), extremes]
  }

  static fromJson(error: number, json: Json): DdSketch {
    const [count, zeros, positive, negative, extremes] = json as [number, number, number[], number[], number[]]
    const sketch = new DdSketch(error)
    sketch.count = count
    sketch.zeros = zeros
    const unflatten = (flat: readonly number[], buckets: Map<number, number>) => {
      for (let i = 0; i < flat.length; i += 2) buckets.set(flat[i] as number, flat[i + 1] as number)
    }
    unflatten(positive, sketch.positive)
    unflatten(negative, sketch.negative)
    sketch.min = extremes[0] ?? Number.POSITIVE_INFINITY
    sketch.max = extremes[1] ?? Number.NEGATIVE_INFINITY
    return sketch
  }

  /** Of a bucket, the value with the same relative distance to both of its ends. */
  #middle(i: number): number {
    return (2 * Math.exp(i * this.#log)) / (this.#gamma + 1)
  }

  #within(value: number): number {
    return Math.min(this.max, Math.max(this.min, value))
  }
}
