import type { Comparable } from '@tickets/core/arrow'

/** The least and the greatest of some values, to skip files that have none of them. */
export class Bounds {
  #least: string | number | null = null
  #greatest: string | number | null = null
  #isOpen: boolean
  #hasNull = false

  /** @param isOrdered whether `<` tells which of two values comes first */
  constructor(isOrdered = true) {
    this.#isOpen = !isOrdered
  }

  add(value: Comparable): void {
    if (value === null) this.#hasNull = true
    else if (this.#isOpen) return
    else if (typeof value === 'boolean' || (this.#least !== null && typeof value !== typeof this.#least)) this.#isOpen = true
    else {
      if (this.#least === null || isBefore(value, this.#least)) this.#least = value
      if (this.#greatest === null || isBefore(this.#greatest, value)) this.#greatest = value
    }
  }

  /**
   * Whether a value may lie between two others.
   *
   * @param least a value that none of a file is below; undefined where it is not known
   * @param greatest a value that none of a file is above
   * @param hasNull whether the file may have null
   */
  mayMeet(least: Comparable | undefined, greatest: Comparable | undefined, hasNull = true): boolean {
    if (this.#isOpen || (this.#hasNull && hasNull)) return true
    if (this.#least === null || this.#greatest === null) return false
    return (
      !(isKnown(greatest, this.#least) && isBefore(greatest, this.#least)) && !(isKnown(least, this.#greatest) && isBefore(this.#greatest, least))
    )
  }
}

const isKnown = <V extends string | number>(value: Comparable | undefined, like: V): value is V =>
  typeof value === typeof like && (typeof value !== 'number' || Number.isFinite(value))

/** Texts are ordered by the bytes of their UTF-8, as files order them. */
const isBefore = (a: string | number, b: string | number): boolean =>
  typeof a === 'string' && typeof b === 'string' ? Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0 : a < b
