import type { $ZodShape, $ZodType } from 'zod/v4/core'
import { valueIn } from '../base/own-names.ts'
import { internals, type RowMetadata } from '../batch/batch.ts'
import { type ColumnBuilder, columnBuilder } from '../batch/builder.ts'
import type { Decoded, DecodeOptions, Field, Message, Rejected, Schema, Slices } from '../batch/schema.ts'
import type { WideStore } from '../batch/stores.ts'
import { fieldReader } from './fast/field.ts'
import { rowPlan } from './fast/plan.ts'
import { type ReadRow, rowReader } from './fast/row.ts'
import type { FieldRule } from './fast/rules.ts'
import { zodReader } from './fast/zod-field.ts'
import { LONGEST_MESSAGE, parseMessage, unfit } from './verdict.ts'

/** The fast path of a schema, null where it has none; a column with checks of the user's own asks zod value by value. */
export function readerOf(schema: Schema<unknown>, builders: readonly ColumnBuilder[]): ReadRow | null {
  const plan = rowPlan(schema)
  if (!plan) return null
  const { shape } = schema.zod._zod.def as unknown as { readonly shape: $ZodShape }
  const reads = plan.fields.map((field, i) => {
    const [builder, { rule }] = [builders[i] as ColumnBuilder, plan.rules[i] as FieldRule]
    return rule.is === 'zod' ? zodReader(builder, shape[field.name] as $ZodType) : fieldReader(builder, field, rule)
  })
  return rowReader(plan, builders, reads)
}

/** Why a message is no row. */
type Why = Pick<Rejected, 'reason' | 'ahead'>

/** The columns of a schema while they fill, and the decoder that fills them. One batch at a time uses it. */
class BatchDecoder {
  readonly schema: Schema<unknown>
  readonly builders: readonly ColumnBuilder[]
  readonly read: ReadRow | null
  readonly #time: WideStore | null
  #maxFuture = Number.POSITIVE_INFINITY
  /** The latest event time that the reference time allows. */
  #latest = Number.POSITIVE_INFINITY
  length = 0
  offsets = new Float64Array(0)
  rejected: Rejected[] = []

  constructor(schema: Schema<unknown>, fast: boolean) {
    this.schema = schema
    this.builders = schema.fields.map(columnBuilder)
    this.read = fast ? readerOf(schema, this.builders) : null
    const time = schema.fields.findIndex((field) => field.name === schema.time)
    this.#time = time < 0 ? null : ((this.builders[time] as ColumnBuilder).store as WideStore)
  }

  begin(messages: number, { maxFuture = Number.POSITIVE_INFINITY, reference = Number.POSITIVE_INFINITY }: DecodeOptions): void {
    for (const builder of this.builders) builder.reserve(messages)
    this.#maxFuture = maxFuture
    this.#latest = this.#time ? reference + maxFuture : Number.POSITIVE_INFINITY
    this.length = 0
    this.offsets = new Float64Array(messages)
    this.rejected = []
  }

  /** The row that `read` has just written is not beyond the reference time. */
  get isInTime(): boolean {
    return this.#time === null || this.#time.get(this.length) <= this.#latest
  }

  /** The row that `read` has just written counts, unless its time is absurd (protocol 5.5): it would close every window. */
  keep(offset: number, timestamp: number | undefined): Why | null {
    const time = this.#time?.get(this.length) ?? Number.NEGATIVE_INFINITY
    if (timestamp !== undefined && time - timestamp > this.#maxFuture) return { reason: tooFar(time, this.#maxFuture, "its message's", timestamp) }
    if (time > this.#latest) return { reason: tooFar(time, this.#maxFuture, 'the reference time', this.#latest - this.#maxFuture), ahead: time }
    this.offsets[this.length++] = offset
    return null
  }

  /** A message by the slow path, whose verdict counts. */
  judge(value: Uint8Array | null, offset: number, timestamp: number | undefined): Why | null {
    const verdict = parseMessage(this.schema, value)
    if ('reason' in verdict) return { reason: verdict.reason }
    const row = verdict.row as object
    const { fields } = this.schema
    for (const field of fields) {
      const reason = unfit(field, valueIn(row, field.name))
      if (reason !== null) return { reason }
    }
    try {
      for (let f = 0; f < fields.length; f++) this.builders[f]?.set(this.length, valueIn(row, (fields[f] as Field).name))
    } catch (error) {
      // A user's own codec or overwrite may give what its column cannot hold.
      return { reason: (error as Error).message }
    }
    return this.keep(offset, timestamp)
  }

  /** The same for a slice, which is written already where it is `done`. */
  settle(done: boolean, slices: Slices, i: number): void {
    const { bytes, starts, ends, offsets, timestamps, keyOf } = slices
    const time = timestamps?.[i] ?? Number.NaN
    const timestamp = Number.isNaN(time) ? undefined : time
    const offset = offsets[i] as number
    const absurd = done ? this.keep(offset, timestamp) : null
    if (done && absurd === null) return
    const value = (ends[i] as number) < (starts[i] as number) ? null : bytes.subarray(starts[i], ends[i])
    const why = absurd ?? this.judge(value, offset, timestamp)
    if (why === null) return
    const key = keyOf?.call(slices, i)
    this.rejected.push({ value, offset, ...(timestamp === undefined ? {} : { timestamp }), ...(key === undefined ? {} : { key }), ...why })
  }

  finish<T>(): Decoded<T> {
    const { length, rejected } = this
    const offsets = length === this.offsets.length ? this.offsets : this.offsets.slice(0, length)
    const columns = this.builders.map((builder) => builder.finish(length))
    // Nothing of this batch is held until the next one.
    this.rejected = []
    this.offsets = new Float64Array(0)
    return { batch: internals.make(this.schema as Schema<T>, columns, length, trailOf(offsets)), rejected }
  }
}

/** What travels with rows that were just decoded: no watermark is known yet. */
export function trailOf(offsets: Float64Array): RowMetadata {
  return { offsets, watermarks: new Float64Array(offsets.length).fill(Number.NEGATIVE_INFINITY) }
}

const LAST = 8.64e15
const iso = (ms: number) => new Date(Math.max(-LAST, Math.min(LAST, ms))).toISOString()

function tooFar(time: number, maxFuture: number, what: string, than: number): string {
  return `its time ${iso(time)} is more than ${maxFuture} ms after ${what}, ${iso(than)} (maxFuture)`
}

const idle = new WeakMap<Schema<unknown>, BatchDecoder>()

/** Lends the schema's workshop: taken away while it is used, in case a check of the user's decodes with the same schema. */
function withDecoder<T>(schema: Schema<unknown>, fast: boolean, work: (shop: BatchDecoder) => T): T {
  const shop = (fast && idle.get(schema)) || new BatchDecoder(schema, fast)
  idle.delete(schema)
  const result = work(shop)
  if (fast) idle.set(schema, shop)
  return result
}

/** Decodes messages to columns; see `Schema.decode`. Without `fast` all go through JSON.parse and zod, to the same result. */
export function decodeMessages<T>(schema: Schema<T>, messages: readonly Message[], options: DecodeOptions = {}, fast = true): Decoded<T> {
  return withDecoder(schema, fast, (shop) => {
    shop.begin(messages.length, options)
    const { read } = shop
    let buffer: ArrayBufferLike | null = null
    let bytes = new Uint8Array(0)
    let view = new DataView(bytes.buffer)
    for (const message of messages) {
      const { value, offset, timestamp } = message
      if (read && value && value.buffer !== buffer) {
        // Messages are mostly views of one fetched chunk: one pair of views a chunk, not a message.
        buffer = value.buffer
        bytes = new Uint8Array(buffer) as Uint8Array<ArrayBuffer>
        view = new DataView(buffer) as DataView<ArrayBuffer>
      }
      const done =
        read && value && value.length <= LONGEST_MESSAGE && read(bytes, view, value.byteOffset, value.byteOffset + value.length, shop.length)
      const why = done ? shop.keep(offset, timestamp) : shop.judge(value, offset, timestamp)
      if (why !== null) shop.rejected.push({ ...message, ...why })
    }
    return shop.finish<T>()
  })
}

/** Decodes the parts of one buffer; see `Schema.decodeSlices`. */
export function decodeSlices<T>(schema: Schema<T>, slices: Slices, options: DecodeOptions = {}, fast = true): Decoded<T> {
  return withDecoder(schema, fast, (shop) => {
    const { bytes: whole, starts, ends, offsets, timestamps, length = starts.length } = slices
    shop.begin(length, options)
    const { read } = shop
    const bytes = new Uint8Array(whole.buffer)
    const view = new DataView(whole.buffer)
    const base = whole.byteOffset
    for (let i = 0; i < length; i++) {
      const start = starts[i] as number
      const end = ends[i] as number
      const done = (end - start <= LONGEST_MESSAGE && read?.(bytes, view, base + start, base + end, shop.length)) ?? false
      // The common case by itself: no object, no closure, no number that has to be boxed.
      if (done && timestamps === undefined && shop.isInTime) shop.offsets[shop.length++] = offsets[i] as number
      else shop.settle(done, slices, i)
    }
    return shop.finish<T>()
  })
}
