import type { Json } from '../../base/json.ts'
import type { TextCodes } from '../../batch/text-codes.ts'
import { CodeSet } from './code-set.ts'
import type { Dictionaries } from './text-dictionary.ts'
import { TextSet } from './text-set.ts'

/** Up to this many values a list of texts is as short as a set in compact form with its part of the dictionary. */
const FEW = 4

/**
 * Holds the different values of a group. Texts are held by their codes while all codes come from one `TextCodes`, which takes a tenth of the time and
 * memory of a set of strings. Any other value turns it into such a set. What a record holds stays in compact form until something is added.
 */
export class Distinct {
  #texts: TextCodes | null = null
  #codes = new CodeSet()
  #values: Set<Json> | null = null
  #written: TextSet | null = null

  static of(values: readonly Json[]): Distinct {
    const distinct = new Distinct()
    distinct.#values = new Set(values)
    return distinct
  }

  static ofSet(set: TextSet): Distinct {
    const distinct = new Distinct()
    distinct.#written = set
    return distinct
  }

  get size(): number {
    return this.#values?.size ?? this.#written?.size ?? this.#codes.size
  }

  add(value: Json): void {
    this.#plain().add(value)
  }

  addCode(texts: TextCodes, code: number): void {
    if (this.#texts === texts) this.#codes.add(code)
    else if (this.size > 0) this.add(texts.textOf(code))
    else {
      this.#start(texts)
      this.#codes.add(code)
    }
  }

  /** Adds all of another one, which stays as it is. */
  merge(other: Distinct): void {
    if (other.size === 0) return
    const texts = other.#texts
    if (texts && this.size === 0) this.#start(texts)
    if (texts && this.#texts === texts) this.#codes.merge(other.#codes)
    else if (other.#written && this.size === 0) {
      this.#start(null)
      this.#written = other.#written
    } else {
      const values = this.#plain()
      other.#each((value) => values.add(value))
    }
  }

  toJson(): Json[] {
    const json: Json[] = []
    this.#each((value) => json.push(value))
    return json
  }

  /** Returns its texts in compact form, with a dictionary that other sets share; null where there are few, or other values. */
  toSet(dictionaries: Dictionaries): TextSet | null {
    if (this.size <= FEW) return null
    return this.#texts ? TextSet.of(dictionaries.of(this.#texts), this.#codes) : this.#written
  }

  #each(visit: (value: Json) => void): void {
    const texts = this.#texts
    if (this.#values) for (const value of this.#values) visit(value)
    else if (texts) for (const code of this.#codes.sorted()) visit(texts.textOf(code))
    else this.#written?.each(visit)
  }

  /** Makes an empty one take codes of these texts, or of none. */
  #start(texts: TextCodes | null): void {
    this.#texts = texts
    this.#values = null
    this.#written = null
  }

  #plain(): Set<Json> {
    if (!this.#values) {
      this.#values = new Set(this.toJson())
      this.#texts = null
      this.#written = null
      this.#codes = new CodeSet()
    }
    return this.#values
  }
}
