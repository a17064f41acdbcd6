import type { AddRows, Agg } from '../../aggregate/aggregate.ts'
import { atReader } from '../../aggregate/column.ts'
import type { Acc } from '../../aggregate/sets/acc-json.ts'
import type { Dictionaries } from '../../aggregate/sets/text-dictionary.ts'
import { TextSet } from '../../aggregate/sets/text-set.ts'
import { TicketsError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import { putIn } from '../../base/own-names.ts'
import type { Batch } from '../../batch/batch.ts'

/**
 * Returns a copy of an accumulator as JSON. Refuses what JSON would silently change, such as Infinity, which comes back as null and then counts as 0.
 *
 * @throws `OPTION_INVALID`, naming the aggregate
 */
function plainCopy(value: unknown, name: string): Json {
  if (value === null || value === undefined) return null
  if (typeof value === 'string' || typeof value === 'boolean') return value
  // JSON has no -0.
  if (typeof value === 'number' && Number.isFinite(value)) return value + 0
  const kind = Object.prototype.toString.call(value)
  if (kind === '[object Array]') return (value as readonly unknown[]).map((item) => plainCopy(item, name))
  if (kind !== '[object Object]') {
    const what = typeof value === 'object' ? kind.slice(8, -1) : String(value)
    throw new TicketsError('OPTION_INVALID', `the aggregate "${name}" keeps ${what}, which JSON cannot hold: give it \`toJson\` and \`fromJson\``)
  }
  const copy: Record<string, Json> = {}
  for (const [key, item] of Object.entries(value as object)) if (item !== undefined) putIn(copy, key, plainCopy(item, name))
  return copy
}

/** Adds rows of a batch to accumulators in lists, one list for each aggregate: for each `j` below `count`, row `rows[j]` at `places[j]`. */
export type AddRowsTo = (columns: readonly unknown[][], rows: Int32Array, places: Int32Array, count: number) => void

type Step = (acc: unknown, i: number) => unknown

const byRow =
  (step: Step): AddRows =>
  (accs, rows, places, count) => {
    for (let j = 0; j < count; j++) {
      const place = places[j] as number
      accs[place] = step(accs[place], rows[j] as number)
    }
  }

/** Makes, fills, merges and writes accumulators: a list with one for each aggregate of a record, in its order. */
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

  /** Returns what adds row `i` of a batch to accumulators, in place. */
  adder(batch: Batch<unknown>): (accs: unknown[], i: number) => void {
    const steps = this.#aggs.map(this.#stepMaker(batch))
    return (accs, i) => {
      for (let a = 0; a < steps.length; a++) accs[a] = (steps[a] as Step)(accs[a], i)
    }
  }

  /** Returns empty lists of accumulators: one list for each aggregate. */
  columns(): unknown[][] {
    return this.#aggs.map(() => [])
  }

  /** Adds one place at the end of such lists. */
  begin(columns: readonly unknown[][]): void {
    for (let a = 0; a < columns.length; a++) columns[a]?.push(this.#aggs[a]?.init())
  }

  /** Returns what adds rows of a batch to the accumulators in such lists: all rows for one aggregate, then for the next. */
  rowsAdder(batch: Batch<unknown>): AddRowsTo {
    const stepOf = this.#stepMaker(batch)
    const adders = this.#aggs.map((agg) => agg.addRows?.(batch) ?? byRow(stepOf(agg)))
    return (columns, rows, places, count) => {
      for (let a = 0; a < adders.length; a++) (adders[a] as AddRows)(columns[a] as unknown[], rows, places, count)
    }
  }

  /** Returns the accumulators at one place of such lists as they go into records. */
  writtenAt(columns: readonly (readonly unknown[])[], place: number, dictionaries: Dictionaries): Acc[] {
    return columns.map((column, a) => this.#write(a, column[place], dictionaries))
  }

  /** Returns accumulators as they go into records. Sets of texts name these by a dictionary that all of a snapshot share. */
  write(accs: readonly unknown[], dictionaries: Dictionaries): Acc[] {
    return accs.map((acc, a) => this.#write(a, acc, dictionaries))
  }

  /** Returns the accumulators that `write` made a record's. */
  read(accs: readonly Acc[]): unknown[] {
    return accs.map((acc, a) => this.#read(a, acc))
  }

  /** Returns the accumulators at one place of such lists, to be changed: those in the lists stay as they are. */
  copyAt(columns: readonly (readonly unknown[])[], place: number): unknown[] {
    return columns.map((column, a) => this.#copy(a, column[place]))
  }

  /** Merges accumulators of the aggregate at `a` alone. */
  mergeOne(a: number, into: unknown, from: unknown): unknown {
    return this.#aggs[a]?.merge(into, from)
  }

  toJson(accs: readonly unknown[]): Json[] {
    return accs.map((acc, a) => this.#toJson(a, acc))
  }

  fromJson(json: readonly Json[]): unknown[] {
    return json.map((value, a) => this.#fromJson(a, value))
  }

  clone(accs: readonly unknown[]): unknown[] {
    return accs.map((acc, a) => this.#copy(a, acc))
  }

  /** Returns the results by the aggregates' names. */
  results(accs: readonly unknown[]): Record<string, unknown> {
    return Object.fromEntries(this.#names.map((name, a) => [name, this.#aggs[a]?.result(accs[a])]))
  }

  /** Returns the results of the accumulators of several tasks; of no task, the results of no rows. */
  resultsOf(parts: readonly (readonly Acc[])[]): Record<string, unknown> {
    return Object.fromEntries(this.#names.map((name, a) => [name, this.#resultOf(this.#aggs[a] as Agg<unknown, unknown>, a, parts)]))
  }

  #toJson(a: number, acc: unknown): Json {
    const agg = this.#aggs[a]
    return agg?.toJson ? agg.toJson(acc) : plainCopy(acc, this.#names[a] as string)
  }

  #fromJson(a: number, json: Json): unknown {
    const agg = this.#aggs[a]
    return agg?.fromJson ? agg.fromJson(json) : plainCopy(json, this.#names[a] as string)
  }

  #write(a: number, acc: unknown, dictionaries: Dictionaries): Acc {
    return this.#aggs[a]?.sets?.write(acc, dictionaries) ?? this.#toJson(a, acc)
  }

  #read(a: number, acc: Acc): unknown {
    return acc instanceof TextSet ? this.#aggs[a]?.sets?.read(acc) : this.#fromJson(a, acc)
  }

  /** Only JSON keeps what a user's `merge` returns apart from what it was given. */
  #copy(a: number, acc: unknown): unknown {
    const agg = this.#aggs[a]
    return agg?.sets ? agg.merge(agg.init(), acc) : this.#fromJson(a, this.#toJson(a, acc))
  }

  /** Returns a function that makes an aggregate's `add` for row `i` of a batch. Aggregates that take row objects share these. */
  #stepMaker(batch: Batch<unknown>): (agg: Agg<unknown, unknown>) => Step {
    let rows: unknown[] | null = null
    return (agg) => {
      if (agg.columnar) return agg.columnar(batch)
      rows ??= batch.toArray()
      const all = rows
      const at = atReader(batch)
      return (acc, i) => agg.add(acc, all[i], at(i))
    }
  }

  #resultOf(agg: Agg<unknown, unknown>, a: number, parts: readonly (readonly Acc[])[]): unknown {
    const [first, ...others] = parts.map((part) => part[a] as Acc)
    if (first === undefined) return agg.result(agg.init())
    if (others.length === 0 && agg.resultOf && !(first instanceof TextSet)) return agg.resultOf(first)
    return agg.result(others.reduce((merged: unknown, part) => agg.merge(merged, this.#read(a, part)), this.#read(a, first)))
  }
}
