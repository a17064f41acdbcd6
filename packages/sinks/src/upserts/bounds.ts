import { compareTexts } from '@tickets/core'
import type { Comparable } from '@tickets/core/arrow'

/** So many different values are kept one by one. */
const MOST = 1000

/** The least and the greatest of some values, and the values themselves where they are few, to skip files that have none of them. */
export class Bounds {
  /** Null once there are too many. */
  #values: Set<string | number> | null = new Set()
  #least: string | number | null = null
  #greatest: string | number | null = null
  #isOpen: boolean
  #hasNull = false

  /** @param isOrdered whether `<` tells which of two values comes first */
  constructor(isOrdered = true) {
    this.#isOpen = !isOrdered
  }

  get hasNull(): boolean {
    return this.#hasNull
  }

  add(value: Comparable): void {
    if (value === null) this.#hasNull = true
    else if (this.#isOpen) return
    else if (typeof value === 'boolean' || (this.#least !== null && typeof value !== typeof this.#least)) this.#isOpen = true
    else {
      if (this.#values?.has(value)) return
      if (this.#values && this.#values.add(value).size > MOST) this.#values = null
      if (this.#least === null || isBefore(value, this.#least)) this.#least = value
      if (this.#greatest === null || isBefore(this.#greatest, value)) this.#greatest = value
    }
  }

  /**
   * Returns whether a value may lie between two others.
   *
   * @param least a value that none of a file is below; undefined where it is not known
   * @param greatest a value that none of a file is above
   * @param hasNull whether the file may have null
   */
  mayMeet(least: Comparable | undefined, greatest: Comparable | undefined, hasNull = true): boolean {
    if (this.#isOpen || (this.#hasNull && hasNull)) return true
    if (this.#least === null || this.#greatest === null) return false
    const meets = (low: string | number, high: string | number) =>
      !(isKnown(greatest, low) && isBefore(greatest, low)) && !(isKnown(least, high) && isBefore(high, least))
    if (!meets(this.#least, this.#greatest)) return false
    if (!this.#values) return true
    for (const value of this.#values) if (meets(value, value)) return true
    return false
  }
}

const isKnown = <V extends string | number>(value: Comparable | undefined, like: V): value is V =>
  typeof value === typeof like && (typeof value !== 'number' || Number.isFinite(value))

const isBefore = (a: string | number, b: string | number): boolean =>
  typeof a === 'string' && typeof b === 'string' ? compareTexts(a, b) < 0 : a < b
