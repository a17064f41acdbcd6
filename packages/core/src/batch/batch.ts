import { type Data, makeData, RecordBatch, Struct } from 'apache-arrow'
import type { $ZodShape, $ZodType } from 'zod/v4/core'
import { TicketsError } from '../base/errors.ts'
import { putIn, valueIn } from '../base/own-names.ts'
import type { Field, JsonSchema, ShapeRow, Simplify } from '../store/field.ts'
import type { MarkedRows } from '../store/personal-marks.ts'
import { arrowSchema } from './arrow-types.ts'
import { columnBuilder } from './builder.ts'
import { valueReader } from './columns.ts'
import type { DecodeOptions, Message, MessageNeed, Rejected, Slices } from './message.ts'
import { type Column, columnBytes, concat, readColumn, select } from './take.ts'

/**
 * Defines a kind of row: its type, its validation, its columns, its JSON Schema and its decoder. `defineSchema` makes it.
 */
export interface Schema<out T> {
  readonly name: string
  readonly version: number
  /** The column that holds the event time; empty for rows that have none, such as dead letters. */
  readonly time: string
  /** The key columns of windows: their bounds and `by`. Empty for plain rows. */
  readonly keys: readonly string[]
  readonly zod: $ZodType<T>
  readonly fields: readonly Field[]
  /** What `decode` reads of a message beside its value; a source may leave out the rest. Empty for schemas without such columns. */
  readonly needs: readonly MessageNeed[]
  /**
   * Decodes messages to one batch, in their order. A message gives one row, or any number where the schema has a `map`: they share its position. Invalid
   * messages come back in `rejected`, with the reason. Never throws on bad input.
   */
  decode(messages: readonly Message[], options?: DecodeOptions): Decoded<T>
  /** Decodes messages that lie in one buffer, such as the lines of a file. */
  decodeSlices(slices: Slices, options?: DecodeOptions): Decoded<T>
  /** Returns a schema with more columns under a new name. A column of the same name is replaced. */
  extend<U, const S extends $ZodShape>(this: Schema<U>, name: string, shape: S): Schema<Simplify<Omit<U, keyof S> & ShapeRow<S>>>
  /** Returns the JSON Schema of a message (draft 2020-12). */
  jsonSchema(): JsonSchema
}

/** The result of decoding messages. */
export interface Decoded<out T> {
  readonly batch: Batch<T>
  readonly rejected: readonly Rejected[]
  /** How many messages were read of which the schema's `map` made no row. */
  readonly unmapped: number
}

/** The rows of a schema: `RowOf<typeof Ticket>`. */
export type RowOf<S> = S extends Schema<infer T> ? T : never

/**
 * Metadata that travels with rows through filters and maps: for each row the watermark of its partition just before it, and its position
 * (docs/internals/protocol.md#5.1). A batch made by hand has none.
 */
export interface RowMetadata {
  /** Epoch milliseconds; -Infinity before the first row. */
  readonly watermarks: Float64Array
  readonly offsets: Float64Array
  /** The personal columns of the rows; set on the empty batch of a graph that is asked for them. */
  readonly personal?: MarkedRows
  /** Set on what comes from a `windowed`, for one that comes after it. */
  readonly windowOrigin?: WindowOrigin
  /** Set on the empty batch of a graph: the stream that the rows are of, for joins. */
  readonly timeline?: Timeline
  /** The operator that emits rows out of their order, set on what comes from a join that does: which of them is the first depends on how inputs interleave. */
  readonly unorderedBy?: string
}

/** How far the event time of a stream is known: that of an input of a task, or of what a join makes of two. */
export interface Timeline {
  /** No row with an earlier event time comes any more, in epoch milliseconds; -Infinity before the first, Infinity after the end. */
  readonly watermark: number
  /** The other source that the rows are of, and which of its partitions a task reads; absent for the task's own, and for what a join makes. */
  readonly input?: { readonly name: string; readonly keyedBy?: readonly string[]; readonly partitions: 'same' | 'all' }
}

/** Says which `windowed` made rows of windows. */
export interface WindowOrigin {
  /** Milliseconds by which their watermarks lag those of the rows that were aggregated. */
  readonly delay: number
  /** They are emitted at each change, so no `windowed` can count them. */
  readonly updates: boolean
  /** Called by the `windowed` that counts them: from then on each is emitted once, when every task has closed it. */
  claim(): void
}

/** A batch is cut at this many rows, so that rows which become many do not make columns without bound. */
export const MOST_ROWS = 16_384

/** Where a batch comes from: a task of a pipeline, or made by hand. */
export type Origin = 'hand' | 'task'

/** Access to the inside of a batch, for core alone. Never exported from the package. */
interface Internals {
  arrow(batch: Batch<unknown>): RecordBatch
  columns(batch: Batch<unknown>): readonly Data[]
  /** One column alone. */
  column(batch: Batch<unknown>, at: number): Data | undefined
  /** The columns as they are: rows that a filter chose may not be copied yet. */
  sources(batch: Batch<unknown>): readonly Column[]
  metadata(batch: Batch<unknown>): RowMetadata | null
  origin(batch: Batch<unknown>): Origin
  make<T>(schema: Schema<T>, columns: readonly Column[], length: number, metadata?: RowMetadata | null, origin?: Origin): Batch<T>
  isBatch(value: unknown): value is Batch<unknown>
}

export let internals: Internals

/**
 * Holds rows of one schema as columns. It is immutable, and iterates as plain typed rows.
 *
 * Rows hold string, number, boolean, null and `Date`. An optional column that is absent is an absent key.
 *
 * @example
 * const batch = Batch.of(Ticket, [ticket]); for (const t of batch) console.log(t.client_id) // CLIENT_1000
 */
export class Batch<out T> implements Iterable<T> {
  readonly schema: Schema<T>
  /** The number of rows. */
  readonly length: number
  readonly #columns: readonly Column[]
  #arrow: RecordBatch | null = null
  readonly #metadata: RowMetadata | null
  readonly #origin: Origin

  private constructor(schema: Schema<T>, columns: readonly Column[], length: number, metadata: RowMetadata | null, origin: Origin) {
    this.schema = schema
    this.length = length
    this.#columns = columns
    this.#metadata = metadata
    this.#origin = origin
  }

  /** Returns a batch of these rows. Throws `BATCH_VALUE`, naming the column, where a value is not of its type. zod's checks do not run. */
  static of<T>(schema: Schema<T>, rows: Iterable<T>): Batch<T> {
    const builders = schema.fields.map(columnBuilder)
    const names = schema.fields.map((field) => field.name)
    let length = 0
    for (const row of rows) {
      for (let i = 0; i < names.length; i++) builders[i]?.add(valueIn(row as object, names[i] as string))
      length++
    }
    return new Batch(
      schema,
      builders.map((b) => b.finish()),
      length,
      null,
      'hand',
    )
  }

  #toArrow(): RecordBatch {
    if (!this.#arrow) {
      const type = arrowSchema(this.schema)
      const children = this.#columns.map(readColumn)
      this.#arrow = new RecordBatch(type, makeData({ type: new Struct(type.fields), length: this.length, nullCount: 0, children }))
    }
    return this.#arrow
  }

  /** The bytes of its columns without dictionaries. */
  get bytes(): number {
    return this.#columns.reduce((sum, column) => sum + columnBytes(column), 0)
  }

  /** Returns row `i` as a new object. Throws a RangeError beyond the last row. */
  get(i: number): T {
    if (!(i >= 0 && i < this.length)) throw new RangeError(`row ${i} of ${this.length}`)
    return this.#reader()(i)
  }

  /** Returns all rows as new objects. */
  toArray(): T[] {
    return [...this]
  }

  *[Symbol.iterator](): Iterator<T> {
    const read = this.#reader()
    for (let i = 0; i < this.length; i++) yield read(i)
  }

  #reader(): (i: number) => T {
    const columns = this.schema.fields.map((field, i) => ({
      name: field.name,
      optional: field.optional,
      read: valueReader(field, readColumn(this.#columns[i] as Column)),
    }))
    return (i) => {
      const row = {}
      for (const { name, optional, read } of columns) {
        const value = read(i)
        if (value !== undefined || !optional) putIn(row, name, value)
      }
      return row as T
    }
  }

  /** @internal */
  static {
    internals = {
      arrow: (batch) => batch.#toArrow(),
      columns: (batch) => batch.#columns.map(readColumn),
      column: (batch, at) => batch.#columns[at] && readColumn(batch.#columns[at]),
      sources: (batch) => batch.#columns,
      metadata: (batch) => batch.#metadata,
      origin: (batch) => batch.#origin,
      make: (schema, columns, length, metadata = null, origin = 'hand') => new Batch(schema, columns, length, metadata, origin),
      isBatch: (value): value is Batch<unknown> => typeof value === 'object' && value !== null && #columns in value,
    }
  }
}

/** Returns the column of this name. Throws `OPTION_INVALID` where there is none. */
export function column(batch: Batch<unknown>, name: string): Data {
  const at = batch.schema.fields.findIndex((field) => field.name === name)
  const data = internals.column(batch, at)
  if (!data)
    throw new TicketsError(
      'OPTION_INVALID',
      `${batch.schema.name} has no column "${name}"; it has ${batch.schema.fields.map((f) => f.name).join(', ')}`,
    )
  return data
}

/** Returns the rows at these indices, with their metadata. An index may stand more than once. Columns are copied when they are read. */
export function pick<T>(batch: Batch<T>, rows: Int32Array): Batch<T> {
  return internals.make(
    batch.schema,
    select(internals.sources(batch), batch.length, rows),
    rows.length,
    pickMetadata(batch, rows),
    internals.origin(batch),
  )
}

/** Returns the metadata of the rows at these indices, for rows that are made of them; null where the batch has none. */
export function pickMetadata(batch: Batch<unknown>, rows: Int32Array): RowMetadata | null {
  const metadata = internals.metadata(batch)
  return metadata && { ...metadata, watermarks: pickNumbers(metadata.watermarks, rows), offsets: pickNumbers(metadata.offsets, rows) }
}

function pickNumbers(values: Float64Array, rows: Int32Array): Float64Array {
  const out = new Float64Array(rows.length)
  for (let i = 0; i < rows.length; i++) out[i] = values[rows[i] as number] as number
  return out
}

/** Returns rows `[from, to)`. */
export function slice<T>(batch: Batch<T>, from: number, to: number): Batch<T> {
  if (from === 0 && to >= batch.length) return batch
  const rows = new Int32Array(to - from)
  for (let i = 0; i < rows.length; i++) rows[i] = from + i
  return pick(batch, rows)
}

/** Joins batches of one schema. The result has metadata only if all of them have it. */
export function join<T>(batches: readonly Batch<T>[]): Batch<T> {
  const [first] = batches
  if (!first) throw new TicketsError('OPTION_INVALID', 'nothing to join: give at least one batch')
  if (batches.length === 1) return first
  const all = batches.map((b) => internals.metadata(b))
  const length = batches.reduce((sum, b) => sum + b.length, 0)
  const numbers = (pickFrom: (t: RowMetadata) => Float64Array) => {
    const out = new Float64Array(length)
    let at = 0
    for (const t of all as RowMetadata[]) {
      out.set(pickFrom(t), at)
      at += pickFrom(t).length
    }
    return out
  }
  const metadata = all.every((t) => t !== null) ? { ...all[0], watermarks: numbers((t) => t.watermarks), offsets: numbers((t) => t.offsets) } : null
  const columns = first.schema.fields.map((_, i) => concat(batches.map((b) => internals.column(b, i) as Data)))
  return internals.make(first.schema, columns, length, metadata, internals.origin(first))
}

/**
 * Returns the watermark of the partition just before each row, in epoch milliseconds (-Infinity before the first row). Returns null for rows without
 * one, such as a batch made by hand. Sinks use it to pass watermarks on.
 *
 * @example
 * watermarksOf(Batch.of(Ticket, [ticket])) // null
 */
export function watermarksOf(batch: Batch<unknown>): Float64Array | null {
  return internals.origin(batch) === 'task' ? (internals.metadata(batch)?.watermarks ?? null) : null
}
