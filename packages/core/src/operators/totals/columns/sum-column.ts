import { numberReader } from '../../../aggregate/column.ts'
import { addTo, type ExactSum, meanOfSum, noSum, sumFromJson, sumToJson, valueOfSum } from '../../../aggregate/exact-sum.ts'
import type { Json } from '../../../base/json.ts'
import type { Batch } from '../../../batch/batch.ts'
import type { AddToPlaces, HeldColumn } from './held-column.ts'
import type { StateReader, StateWriter } from './state-bytes.ts'
import { floats } from './typed-column.ts'

/** Bytes that a sum of more than two parts is taken to need. */
const WIDE_BYTES = 256

/**
 * The exact sums of `sum` and `mean`: two doubles that do not overlap for each key, as in `ExactSum`. A sum that needs more of them, because its terms differ
 * by more than 2^53 in size, is an object of its own, and NaN stands in its place.
 */
export class SumColumn implements HeldColumn {
  readonly #kind: 'sum' | 'mean'
  readonly #name: string
  readonly #high = floats()
  readonly #low = floats()
  /** How many terms there are, where the mean needs that. */
  readonly #counts = floats()
  readonly #wide = new Map<number, ExactSum>()

  constructor(kind: 'sum' | 'mean', name: string) {
    this.#kind = kind
    this.#name = name
  }

  get bytes(): number {
    return this.#high.bytes + this.#low.bytes + this.#counts.bytes
  }

  get ownBytes(): number {
    return this.#wide.size * WIDE_BYTES
  }

  begin(place: number): void {
    this.#high.reserve(place)
    this.#low.reserve(place)
    this.#high.set(place, 0)
    this.#low.set(place, 0)
    this.#wide.delete(place)
    if (this.#kind === 'sum') return
    this.#counts.reserve(place)
    this.#counts.set(place, 0)
  }

  adder(batch: Batch<unknown>): AddToPlaces {
    const read = numberReader(batch, this.#name, this.#kind)
    const counts = this.#kind === 'mean' ? this.#counts : null
    return (rows, places, count) => {
      for (let j = 0; j < count; j++) {
        const term = read(rows[j] as number)
        // NaN stands for no value.
        if (Number.isNaN(term)) continue
        const place = places[j] as number
        this.#add(place, term)
        counts?.set(place, counts.get(place) + 1)
      }
    }
  }

  remover(batch: Batch<unknown>): (row: number, place: number) => boolean {
    const read = numberReader(batch, this.#name, this.#kind)
    return (row, place) => {
      const term = read(row)
      if (Number.isNaN(term)) return true
      // An infinity hides the other terms, and how many there are.
      if (!Number.isFinite(term)) return false
      this.#add(place, -term)
      if (this.#kind === 'mean') this.#counts.set(place, this.#counts.get(place) - 1)
      return true
    }
  }

  result(place: number): number | null {
    const sum = this.#sumAt(place)
    if (this.#kind === 'sum') return valueOfSum(sum)
    const count = this.#counts.get(place)
    return count === 0 ? null : meanOfSum(sum, count)
  }

  write(place: number, out: StateWriter): void {
    const wide = this.#wide.get(place)
    out.byte(wide ? 1 : 0)
    if (wide) out.text(JSON.stringify(sumToJson(wide)))
    else {
      out.number(this.#high.get(place))
      out.number(this.#low.get(place))
    }
    if (this.#kind === 'mean') out.number(this.#counts.get(place))
  }

  read(place: number, from: StateReader): void {
    this.begin(place)
    if (from.byte() === 1) this.#put(place, sumFromJson(JSON.parse(from.text()) as Json))
    else {
      this.#high.set(place, from.number())
      this.#low.set(place, from.number())
    }
    if (this.#kind === 'mean') this.#counts.set(place, from.number())
  }

  /** Adds a term as `addTo` does, in place while two doubles hold the sum. */
  #add(place: number, term: number): void {
    const high = this.#high.get(place)
    const low = this.#low.get(place)
    const inner = low + term
    const innerRest = restOf(low, term, inner)
    const outer = high + inner
    const outerRest = restOf(high, inner, outer)
    // NaN, which marks a wide sum, and what is too large for a double make no finite number here.
    if (Number.isFinite(outer) && (innerRest === 0 || outerRest === 0)) {
      this.#high.set(place, outer)
      this.#low.set(place, innerRest + outerRest)
      return
    }
    const sum = this.#sumAt(place)
    addTo(sum, term)
    this.#put(place, sum)
  }

  #sumAt(place: number): ExactSum {
    const wide = this.#wide.get(place)
    if (wide) return wide
    const low = this.#low.get(place)
    const high = this.#high.get(place)
    return { ...noSum(), parts: low === 0 ? [high] : [low, high] }
  }

  #put(place: number, sum: ExactSum): void {
    const { parts, beyond, high, low } = sum
    const isWide = parts.length > 2 || beyond !== 0 || high || low
    if (isWide) this.#wide.set(place, sum)
    else this.#wide.delete(place)
    this.#high.set(place, isWide ? Number.NaN : (parts.at(-1) ?? 0))
    this.#low.set(place, isWide ? 0 : parts.length > 1 ? (parts[0] as number) : 0)
  }
}

/** Returns what `a + b` lost when it was rounded to `sum`: exact in any order of size (Knuth's TwoSum). */
function restOf(a: number, b: number, sum: number): number {
  const back = sum - a
  return a - (sum - back) + (b - back)
}
