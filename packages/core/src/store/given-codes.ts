/** Texts that another thread has numbered from 0 on, as far as they have come here. */
export class GivenTexts {
  #ends = new Int32Array(257)
  #bytes = new Uint8Array(4096)
  #size = 0
  /** By who has codes of its own for the same texts: those codes, by our numbers. */
  readonly #tables = new WeakMap<object, Int32Array>()

  get size(): number {
    return this.#size
  }

  /** Text `i` lies from end `i` to end `i + 1`. */
  get ends(): Int32Array {
    return this.#ends
  }

  get bytes(): Uint8Array {
    return this.#bytes
  }

  /** Adds the texts that have the next numbers; `ends` begins with 0. */
  append(ends: Int32Array, bytes: Uint8Array): void {
    const base = this.#ends[this.#size] as number
    this.#ends = withRoom(this.#ends, this.#size + ends.length)
    this.#bytes = withRoom(this.#bytes, base + bytes.length)
    this.#bytes.set(bytes, base)
    for (let i = 1; i < ends.length; i++) this.#ends[++this.#size] = base + (ends[i] as number)
  }

  /** Returns the codes of `owner` by our numbers, at least as many as there are texts; -1 where it has not said one yet. The owner writes them there. */
  codesFor(owner: object): Int32Array {
    const known = this.#tables.get(owner) ?? new Int32Array(0)
    if (known.length >= this.#size) return known
    const table = new Int32Array(Math.max(256, this.#size * 2)).fill(-1)
    table.set(known)
    this.#tables.set(owner, table)
    return table
  }
}

function withRoom<A extends Int32Array | Uint8Array>(array: A, length: number): A {
  if (length <= array.length) return array
  const larger = new (array.constructor as new (length: number) => A)(Math.max(length, array.length * 2))
  larger.set(array)
  return larger
}

/** What another thread says of the texts of a column. */
export interface GivenCodes {
  /** Whether that thread should number the texts of this column. */
  readonly request: { isWanted: boolean }
  /** The texts and, for each row that has one, its number; null where it did not number them. */
  readonly numbered: { readonly texts: GivenTexts; readonly numbers: Int32Array } | null
}

/** By the Arrow data of the column. */
const given = new WeakMap<object, GivenCodes>()

/** Tells `codesOf` what another thread says of the texts of a column. */
export function giveCodes(column: object, codes: GivenCodes): void {
  given.set(column, codes)
}

export const givenCodes = (column: object): GivenCodes | undefined => given.get(column)

/** Gives a column that was taken from the rows of another one the codes of those rows. */
export function passCodes(from: object, rows: Int32Array, to: object): void {
  const codes = given.get(from)
  if (!codes) return
  const { request, numbered } = codes
  given.set(to, { request, numbered: numbered && { ...numbered, numbers: rows.map((row) => numbered.numbers[row] as number) } })
}
