import type { Agg } from '../aggregate/aggregate.ts'
import { atReader } from '../aggregate/column.ts'
import type { Batch } from '../batch/batch.ts'
import type { Json } from '../pipeline/source.ts'

const copy = (value: unknown) => JSON.parse(JSON.stringify(value ?? null)) as Json

/** One accumulator for each aggregate of a record, in its order: made, added to, merged and written together. */
export class Accumulators {
  readonly #names: readonly string[]
  readonly #aggs: readonly Agg<unknown, unknown>[]

  constructor(aggregate: Readonly<Record<string, Agg<unknown, unknown>>>) {
    this.#names = Object.keys(aggregate)
    this.#aggs = Object.values(aggregate)
  }

  init(): unknown[] {
    return this.#aggs.map((agg) => agg.init())
  }

  /** Adds all of `from` to `into`, and returns that. */
  merge(into: unknown[], from: readonly unknown[]): unknown[] {
    for (let a = 0; a < into.length; a++) into[a] = this.#aggs[a]?.merge(into[a], from[a])
    return into
  }

  /** How row `i` of a batch is added to accumulators, in place. */
  adder(batch: Batch<unknown>): (accs: unknown[], i: number) => void {
    let rows: unknown[] | null = null
    const steps = this.#aggs.map((agg) => {
      if (agg.columnar) return agg.columnar(batch)
      rows ??= batch.toArray()
      const all = rows
      const at = atReader(batch)
      return (acc: unknown, i: number) => agg.add(acc, all[i], at(i))
    })
    return (accs, i) => {
      for (let a = 0; a < steps.length; a++) accs[a] = (steps[a] as (acc: unknown, i: number) => unknown)(accs[a], i)
    }
  }

  toJson(accs: readonly unknown[]): Json[] {
    return accs.map((acc, a) => {
      const agg = this.#aggs[a]
      return agg?.toJson ? agg.toJson(acc) : copy(acc)
    })
  }

  fromJson(json: readonly Json[]): unknown[] {
    return json.map((value, a) => {
      const agg = this.#aggs[a]
      return agg?.fromJson ? agg.fromJson(value) : copy(value)
    })
  }

  clone(accs: readonly unknown[]): unknown[] {
    return this.fromJson(this.toJson(accs))
  }

  /** The results by the aggregates' names. */
  results(accs: readonly unknown[]): Record<string, unknown> {
    return Object.fromEntries(this.#names.map((name, a) => [name, this.#aggs[a]?.result(accs[a])]))
  }

  /** The same of accumulators that come from several tasks; of none, what no rows give. */
  resultsOf(parts: readonly Json[]): Record<string, unknown> {
    return Object.fromEntries(this.#names.map((name, a) => [name, this.#resultOf(this.#aggs[a] as Agg<unknown, unknown>, a, parts)]))
  }

  #resultOf(agg: Agg<unknown, unknown>, a: number, parts: readonly Json[]): unknown {
    const accs = parts.map((part) => (part as readonly Json[])[a] as Json)
    const [first, ...others] = accs
    if (first === undefined) return agg.result(agg.init())
    if (others.length === 0 && agg.resultOf) return agg.resultOf(first)
    const from = (json: Json) => (agg.fromJson ? agg.fromJson(json) : copy(json))
    return agg.result(others.reduce((merged: unknown, json) => agg.merge(merged, from(json)), from(first)))
  }
}
