import type { Json } from '../base/json.ts'

/** 2^12 registers: a standard error of 1.04 / √4096 = 1.6 %. */
const BITS = 12
const REGISTERS = 2 ** BITS
/** Of a hash of 53 bits, 12 name the register, and the zeros before the first 1 of the others are its value. */
const REST = 53 - BITS
/** Up to this many different hashes are kept as they are, and the count is exact. */
const SPARSE = 512

/** Returns a hash of 53 bits. It must never change, since records depend on it. */
export function hash53(text: string): number {
  let a = 0x9e3779b9
  let b = 0x85ebca6b
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    a = Math.imul(a ^ unit, 0x9e3779b1)
    a = (a << 13) | (a >>> 19)
    b = Math.imul(b ^ unit, 0x5f356495)
    b = (b << 15) | (b >>> 17)
  }
  const mix = (x: number, y: number) => {
    let h = x ^ text.length
    h ^= h >>> 16
    h = Math.imul(h, 0x85ebca6b) ^ Math.imul(y ^ (y >>> 13), 0xc2b2ae35)
    h ^= h >>> 13
    h = Math.imul(h, 0xc2b2ae35)
    return (h ^ (h >>> 16)) >>> 0
  }
  const high = mix(a, b)
  return high * 2 ** 21 + (mix(b, high) >>> 11)
}

/**
 * Estimates the number of different values in little memory: Flajolet, Fusy, Gandouet, Meunier, "HyperLogLog" (2007), with the estimator of Ertl, "New
 * cardinality estimation algorithms for HyperLogLog sketches" (2017), which needs no tables for small counts. Merging takes the larger of
 * each register, so any order gives the same.
 */
export class HyperLogLog {
  #sparse: Set<number> | null = new Set()
  #registers: Uint8Array | null = null

  add(text: string): void {
    this.#put(hash53(text))
  }

  merge(other: HyperLogLog): void {
    if (other.#sparse) for (const hash of other.#sparse) this.#put(hash)
    else if (other.#registers) {
      const mine = this.#dense()
      for (let i = 0; i < REGISTERS; i++) if ((other.#registers[i] as number) > (mine[i] as number)) mine[i] = other.#registers[i] as number
    }
  }

  get estimate(): number {
    if (this.#sparse) return this.#sparse.size
    const counts = new Float64Array(REST + 2)
    for (const value of this.#registers as Uint8Array) counts[value] = (counts[value] as number) + 1
    let z = REGISTERS * tau(1 - (counts[REST + 1] as number) / REGISTERS)
    for (let k = REST; k >= 1; k--) z = 0.5 * (z + (counts[k] as number))
    z += REGISTERS * sigma((counts[0] as number) / REGISTERS)
    return Math.round(REGISTERS ** 2 / (2 * Math.LN2 * z))
  }

  toJson(): Json {
    if (this.#sparse) return [...this.#sparse]
    return btoa(String.fromCharCode(...(this.#registers as Uint8Array)))
  }

  static fromJson(json: Json): HyperLogLog {
    const made = new HyperLogLog()
    if (typeof json === 'string') {
      made.#sparse = null
      made.#registers = Uint8Array.from(atob(json), (c) => c.charCodeAt(0))
    } else made.#sparse = new Set(json as readonly number[])
    return made
  }

  #put(hash: number): void {
    if (this.#sparse) {
      this.#sparse.add(hash)
      if (this.#sparse.size > SPARSE) this.#dense()
    } else register(this.#registers as Uint8Array, hash)
  }

  #dense(): Uint8Array {
    if (!this.#registers) {
      this.#registers = new Uint8Array(REGISTERS)
      for (const hash of this.#sparse ?? []) register(this.#registers, hash)
      this.#sparse = null
    }
    return this.#registers
  }
}

function register(registers: Uint8Array, hash: number): void {
  const at = Math.floor(hash / 2 ** REST)
  const rest = hash - at * 2 ** REST
  // 41 bits: the upper 9, then the lower 32.
  const upper = Math.floor(rest / 2 ** 32)
  const zeros = upper > 0 ? Math.clz32(upper) - (32 - (REST - 32)) : REST - 32 + Math.clz32(rest | 0)
  if (zeros + 1 > (registers[at] as number)) registers[at] = zeros + 1
}

function sigma(x: number): number {
  if (x === 1) return Number.POSITIVE_INFINITY
  let [square, y, z] = [x, 1, x]
  for (let before = Number.NaN; before !== z; ) {
    square *= square
    before = z
    z += square * y
    y += y
  }
  return z
}

function tau(x: number): number {
  if (x === 0 || x === 1) return 0
  let [root, y, z] = [x, 1, 1 - x]
  for (let before = Number.NaN; before !== z; ) {
    root = Math.sqrt(root)
    before = z
    y *= 0.5
    z -= (1 - root) ** 2 * y
  }
  return z / 3
}
