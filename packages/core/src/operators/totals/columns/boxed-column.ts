import type { Agg } from '../../../aggregate/aggregate.ts'
import type { Json } from '../../../base/json.ts'
import type { Batch } from '../../../batch/batch.ts'
import { Accumulators } from '../../../window/groups/accumulators.ts'
import type { AddToPlaces, HeldColumn } from './held-column.ts'
import type { StateReader, StateWriter } from './state-bytes.ts'
import { places } from './typed-column.ts'

/** What an accumulator is taken to need beside the bytes of its JSON. */
const OBJECT_BYTES = 64
/** Bytes in memory for each byte of an accumulator's JSON. */
const JSON_BYTES = 4

/** Accumulators without a form of their own in columns, such as sets and sketches: an object for each key. What they need is estimated by their JSON. */
export class BoxedColumn implements HeldColumn {
  readonly #accumulators: Accumulators
  readonly #name: string
  readonly #accs: unknown[] = []
  /** The bytes of each accumulator's JSON when it was last written. */
  readonly #sizes = places()
  #json = 0

  constructor(name: string, agg: Agg<unknown, unknown>) {
    this.#name = name
    this.#accumulators = new Accumulators({ [name]: agg })
  }

  get bytes(): number {
    return this.#sizes.bytes + this.#accs.length * OBJECT_BYTES
  }

  get ownBytes(): number {
    return this.#json * JSON_BYTES
  }

  begin(place: number): void {
    this.#put(place, this.#accumulators.init()[0])
  }

  adder(batch: Batch<unknown>): AddToPlaces {
    const add = this.#accumulators.rowsAdder(batch)
    return (rows, at, count) => add([this.#accs], rows, at, count)
  }

  result(place: number): unknown {
    return this.#accumulators.results([this.#accs[place]])[this.#name]
  }

  write(place: number, out: StateWriter): void {
    const text = JSON.stringify(this.#accumulators.toJson([this.#accs[place]])[0])
    out.text(text)
    this.#measure(place, text.length)
  }

  read(place: number, from: StateReader): void {
    const text = from.text()
    this.#put(place, this.#accumulators.fromJson([JSON.parse(text) as Json])[0])
    this.#measure(place, text.length)
  }

  #put(place: number, acc: unknown): void {
    const isNew = place >= this.#accs.length
    this.#sizes.reserve(place)
    this.#accs[place] = acc
    if (!isNew) this.#measure(place, 0)
  }

  #measure(place: number, size: number): void {
    this.#json += size - this.#sizes.get(place)
    this.#sizes.set(place, size)
  }
}
