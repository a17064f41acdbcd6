import type { Json } from '../base/json.ts'
import type { TextCodes } from '../batch/text-codes.ts'
import { CodeSet } from './code-set.ts'

/**
 * Holds the different values of a group. Texts are held by their codes while all codes come from one `TextCodes`, which takes a tenth of the time and
 * memory of a set of strings. Any other value turns it into such a set.
 */
export class Distinct {
  #texts: TextCodes | null = null
  #codes = new CodeSet()
  #values: Set<Json> | null = null

  static of(values: readonly Json[]): Distinct {
    const distinct = new Distinct()
    distinct.#values = new Set(values)
    return distinct
  }

  get size(): number {
    return this.#values?.size ?? this.#codes.size
  }

  add(value: Json): void {
    this.#plain().add(value)
  }

  addCode(texts: TextCodes, code: number): void {
    if (this.#texts === texts) this.#codes.add(code)
    else this.#addOther(texts, code)
  }

  /** Adds all of another one, which stays as it is. */
  merge(other: Distinct): void {
    const [texts, codes, values] = [other.#texts, other.#codes, other.#values]
    if (values) {
      const all = this.#plain()
      for (const value of values) all.add(value)
    } else if (texts && this.#texts === texts) this.#codes.merge(codes)
    else if (texts) codes.each((code) => this.addCode(texts, code))
  }

  toJson(): Json[] {
    if (this.#values) return [...this.#values]
    const json: Json[] = []
    this.#codes.each((code) => json.push((this.#texts as TextCodes).textOf(code)))
    return json
  }

  #addOther(texts: TextCodes, code: number): void {
    if (this.#values || this.#texts) this.#plain().add(texts.textOf(code))
    else {
      this.#texts = texts
      this.#codes.add(code)
    }
  }

  #plain(): Set<Json> {
    if (!this.#values) {
      this.#values = new Set(this.toJson())
      this.#texts = null
      this.#codes = new CodeSet()
    }
    return this.#values
  }
}
