import type { Json } from '../base/json.ts'
import type { TextCodes } from '../batch/text-codes.ts'

/** Up to this many codes are searched one by one. */
const LINEAR_SEARCH_LIMIT = 8

/** Returns where the search for a code begins. Fibonacci hashing spreads codes that came together. */
const placeOf = (code: number, mask: number) => (Math.imul(code, 0x9e3779b1) >>> 16) & mask

/**
 * Holds the different values of a group. Texts are held by their codes while all codes come from one `TextCodes`, which takes a tenth of the time and
 * memory of a set of strings. Any other value turns it into such a set.
 */
export class Distinct {
  #texts: TextCodes | null = null
  /** In the order in which they came. */
  #codes = new Int32Array(0)
  #size = 0
  /** Open addressing, at most half full; null while there are few. */
  #table: Int32Array | null = null
  #values: Set<Json> | null = null

  static of(values: readonly Json[]): Distinct {
    const distinct = new Distinct()
    distinct.#values = new Set(values)
    return distinct
  }

  get size(): number {
    return this.#values?.size ?? this.#size
  }

  add(value: Json): void {
    this.#plain().add(value)
  }

  addCode(texts: TextCodes, code: number): void {
    if (this.#values) this.#values.add(texts.textOf(code))
    else if (this.#texts === texts) this.#put(code)
    else if (this.#texts === null) {
      this.#texts = texts
      this.#put(code)
    } else this.add(texts.textOf(code))
  }

  /** Adds all of another one, which stays as it is. */
  merge(other: Distinct): void {
    if (other.#texts) for (let i = 0; i < other.#size; i++) this.addCode(other.#texts, other.#codes[i] as number)
    else if (other.#values) {
      const values = this.#plain()
      for (const value of other.#values) values.add(value)
    }
  }

  toJson(): Json[] {
    if (this.#values) return [...this.#values]
    const json: Json[] = new Array(this.#size)
    for (let i = 0; i < this.#size; i++) json[i] = (this.#texts as TextCodes).textOf(this.#codes[i] as number)
    return json
  }

  #plain(): Set<Json> {
    if (!this.#values) {
      this.#values = new Set(this.toJson())
      this.#texts = null
      this.#codes = new Int32Array(0)
      this.#table = null
      this.#size = 0
    }
    return this.#values
  }

  #put(code: number): void {
    const codes = this.#codes
    if (!this.#table) {
      for (let i = 0; i < this.#size; i++) if (codes[i] === code) return
    } else {
      const mask = this.#table.length - 1
      let at = placeOf(code, mask)
      for (let found = this.#table[at] as number; found >= 0; found = this.#table[at] as number) {
        if (found === code) return
        at = (at + 1) & mask
      }
      this.#table[at] = code
    }
    if (this.#size === codes.length) {
      const wider = new Int32Array(Math.max(4, codes.length * 2))
      wider.set(codes)
      this.#codes = wider
    }
    this.#codes[this.#size++] = code
    if (this.#size > LINEAR_SEARCH_LIMIT && this.#size * 2 > (this.#table?.length ?? 0)) this.#rehash()
  }

  #rehash(): void {
    const table = new Int32Array(Math.max(4 * LINEAR_SEARCH_LIMIT, (this.#table?.length ?? 0) * 2)).fill(-1)
    const mask = table.length - 1
    for (let i = 0; i < this.#size; i++) {
      const code = this.#codes[i] as number
      let at = placeOf(code, mask)
      while ((table[at] as number) >= 0) at = (at + 1) & mask
      table[at] = code
    }
    this.#table = table
  }
}
