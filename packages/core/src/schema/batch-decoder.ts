import { valueIn } from '../base/own-names.ts'
import { zodShape } from '../base/zod-definition.ts'
import { type Decoded, internals, type RowMetadata, type Schema } from '../batch/batch.ts'
import { type ColumnBuilder, columnBuilder } from '../batch/builder.ts'
import type { DecodeOptions, Rejected } from '../batch/message.ts'
import type { Field } from '../store/field.ts'
import type { WideStore } from '../store/stores.ts'
import { type ReadRow, rowReader } from './fast-decoder/field.ts'
import { rowPlan } from './fast-decoder/rules.ts'
import { askZod } from './fast-decoder/zod-field.ts'
import { unfit, type Verdict } from './verdict.ts'

/** Returns the fast decoder of a schema, or null where it has none. Columns with checks of the user's own ask zod value by value. */
export function fastDecoderOf(schema: Schema<unknown>, builders: readonly ColumnBuilder[]): ReadRow | null {
  const plan = rowPlan(schema)
  return plan && rowReader(plan, builders, zodShape(schema.zod), askZod)
}

/** Why a message is invalid. */
export type Rejection = Pick<Rejected, 'reason' | 'ahead'>

/** Decodes one batch at a time into column builders, which it uses again for the next batch. */
export class BatchDecoder {
  readonly schema: Schema<unknown>
  readonly builders: readonly ColumnBuilder[]
  readonly fast: ReadRow | null
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
    this.fast = fast ? fastDecoderOf(schema, this.builders) : null
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

  /** Whether the row just written lies within the reference time. */
  get isInTime(): boolean {
    return this.#time === null || this.#time.get(this.length) <= this.#latest
  }

  /** Keeps the row just written, unless its time is too far in the future: it would close every window (docs/internals/protocol.md#5.5). */
  keep(offset: number, timestamp: number | undefined): Rejection | null {
    const time = this.#time?.get(this.length) ?? Number.NEGATIVE_INFINITY
    if (timestamp !== undefined && time - timestamp > this.#maxFuture) return { reason: tooFar(time, this.#maxFuture, "its message's", timestamp) }
    if (time > this.#latest) return { reason: tooFar(time, this.#maxFuture, 'the reference time', this.#latest - this.#maxFuture), ahead: time }
    this.offsets[this.length++] = offset
    return null
  }

  /** Writes and keeps the row that zod accepted. */
  take(verdict: Verdict<unknown>, offset: number, timestamp: number | undefined): Rejection | null {
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
      // A user's own codec or overwrite may return what its column cannot hold.
      return { reason: (error as Error).message }
    }
    return this.keep(offset, timestamp)
  }

  finish<T>(): Decoded<T> {
    const { length, rejected } = this
    const offsets = length === this.offsets.length ? this.offsets : this.offsets.slice(0, length)
    const columns = this.builders.map((builder) => builder.finish(length))
    // Frees this batch's memory before the next one comes.
    this.rejected = []
    this.offsets = new Float64Array(0)
    return { batch: internals.make(this.schema as Schema<T>, columns, length, metadataOf(offsets)), rejected }
  }
}

/** Returns the metadata of rows that were just decoded: their offsets, and no watermark yet. */
export function metadataOf(offsets: Float64Array): RowMetadata {
  return { offsets, watermarks: new Float64Array(offsets.length).fill(Number.NEGATIVE_INFINITY) }
}

const MAX_DATE_MS = 8.64e15
const iso = (ms: number) => new Date(Math.max(-MAX_DATE_MS, Math.min(MAX_DATE_MS, ms))).toISOString()

function tooFar(time: number, maxFuture: number, what: string, than: number): string {
  return `its time ${iso(time)} is more than ${maxFuture} ms after ${what}, ${iso(than)} (maxFuture)`
}
