/** Maps 32-bit integers to 32-bit integers, one to one, and spreads every bit over all others (the "lowbias32" constants). */
export function mix32(value: number): number {
  let x = value ^ (value >>> 16)
  x = Math.imul(x, 0x21f0aaad)
  x ^= x >>> 15
  x = Math.imul(x, 0x735a2d97)
  return x ^ (x >>> 15)
}

const TWO_32 = 2 ** 32
const GOLDEN = 0x9e3779b9

/**
 * Random numbers that are a function of (seed, index, how many were drawn at the index) alone, so that any index can be begun with.
 * 32-bit arithmetic only: BigInt would cost more than the rest of a ticket.
 */
export class IndexedRandom {
  readonly #key: number
  #state = 0

  constructor(seed: number) {
    this.#key = mix32(mix32((seed | 0) + GOLDEN) + Math.floor(seed / TWO_32))
  }

  /** Goes to the numbers of this index. */
  seek(index: number): void {
    this.#state = mix32(mix32((index | 0) + this.#key) ^ mix32(Math.floor(index / TWO_32) + GOLDEN))
  }

  /** 32 random bits, as a signed integer. */
  bits(): number {
    this.#state = (this.#state + GOLDEN) | 0
    return mix32(this.#state)
  }

  /** An integer in [0, n). */
  below(n: number): number {
    return Math.floor((this.bits() >>> 0) * (n / TWO_32))
  }

  /**
   * 32 bits that no other index below 2^32 has under this seed; beyond, `high` tells those apart that share them.
   * Call it at most once for each `use`.
   */
  unique(index: number, use: number): { low: number; high: number } {
    const key = mix32(this.#key + use)
    const low = mix32((index | 0) ^ key)
    return { low, high: mix32(Math.floor(index / TWO_32) ^ low ^ key) }
  }
}

/** Picks an index with these weights in one draw: a table of 256 slots, filled in proportion. */
export function weighted(weights: readonly number[]): Uint8Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const table = new Uint8Array(256)
  let from = 0
  let passed = 0
  weights.forEach((weight, index) => {
    passed += weight
    const to = Math.round((passed / total) * 256)
    table.fill(index, from, to)
    from = to
  })
  return table
}
