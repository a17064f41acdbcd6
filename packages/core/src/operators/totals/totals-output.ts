import { isTicketsError } from '../../base/errors.ts'
import { type Batch, internals, MOST_ROWS, type Origin, type RowMetadata, type Schema } from '../../batch/batch.ts'
import { columnBuilder } from '../../batch/builder.ts'
import type { Refused } from '../../connectors/refused-rows.ts'

type Row = Record<string, unknown>

/** Where the rows of a `runningTotals` go. */
export interface TotalsEnd {
  readonly origin: Origin
  next(rows: Batch<Row>): void
  /** Takes totals that do not fit their columns, such as a sum of integers beyond 2^53 − 1. */
  refuse(refused: readonly Refused[]): void
}

/** Makes batches of totals. */
export class TotalsOutput {
  readonly #id: string
  readonly #schema: Schema<Row>
  readonly #keys: number
  readonly #end: TotalsEnd
  readonly #carried: Omit<RowMetadata, 'watermarks' | 'offsets'>
  readonly #builders: readonly ReturnType<typeof columnBuilder>[]
  #length = 0

  /** @param keys how many columns the key has, which come first */
  constructor(id: string, schema: Schema<Row>, keys: number, end: TotalsEnd, carried: Omit<RowMetadata, 'watermarks' | 'offsets'>) {
    this.#id = id
    this.#schema = schema
    this.#keys = keys
    this.#end = end
    this.#carried = carried
    this.#builders = schema.fields.map(columnBuilder)
  }

  /** Adds a row: its values in the order of the columns. A row that does not fit is refused. */
  add(values: readonly unknown[], watermark: number): void {
    if (this.#length === MOST_ROWS) this.flush(watermark)
    for (const [c, builder] of this.#builders.entries()) {
      builder.reserve(this.#length + 1)
      try {
        builder.set(this.#length, values[c])
      } catch (error) {
        if (!isTicketsError(error, 'BATCH_VALUE')) throw error
        this.#end.refuse([this.#unfit(values, error.message)])
        return
      }
    }
    this.#length++
  }

  /** Emits what was added, unless there is nothing. */
  flush(watermark: number): void {
    if (this.#length > 0) this.emit(watermark)
  }

  /** Emits what was added as one batch, which may be empty: an empty batch carries the schema. */
  emit(watermark: number): void {
    const length = this.#length
    this.#length = 0
    const columns = this.#builders.map((builder) => builder.finish(length))
    const metadata = { ...this.#carried, watermarks: new Float64Array(length).fill(watermark), offsets: new Float64Array(length) }
    this.#end.next(internals.make(this.#schema, columns, length, metadata, this.#end.origin))
  }

  #unfit(values: readonly unknown[], reason: string): Refused {
    const named = this.#schema.fields.map(({ name }, c) => [name, textOf(values[c])] as const)
    const key = JSON.stringify(Object.fromEntries(named.slice(0, this.#keys)))
    return { reason: `the total of ${this.#id} for the key ${key} does not fit: ${reason}`, key, value: JSON.stringify(Object.fromEntries(named)) }
  }
}

const textOf = (value: unknown) =>
  (typeof value === 'number' && !Number.isFinite(value)) || typeof value === 'bigint' ? String(value) : (value ?? null)
