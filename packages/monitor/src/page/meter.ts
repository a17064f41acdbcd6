/** Over how long a rate is the mean, in milliseconds. */
const OVER_MS = 5_000

interface Sample {
  readonly at: number
  readonly value: number
}

/** Turns counts that grow into rates, each by its name. */
export class Meter {
  readonly #samples = new Map<string, Sample[]>()

  /** Takes a count, and returns how much it grows a second; null until it was seen twice. A count that falls begins anew. */
  rate(name: string, value: number, at: number): number | null {
    const before = this.#samples.get(name) ?? []
    const isLess = (before.at(-1)?.value ?? 0) > value
    const samples = isLess ? [] : before.filter((sample) => at - sample.at <= OVER_MS && sample.at < at)
    samples.push({ at, value })
    this.#samples.set(name, samples)
    const [first] = samples
    return first && first.at < at ? ((value - first.value) * 1000) / (at - first.at) : null
  }

  /** Forgets all, as after a gap. */
  clear(): void {
    this.#samples.clear()
  }
}
