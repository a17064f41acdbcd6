import { durationInWords } from '../base/duration.ts'
import { valueIn } from '../base/own-names.ts'
import { zodShape } from '../base/zod-definition.ts'
import { type Decoded, internals, type RowMetadata, type Schema } from '../batch/batch.ts'
import { type ColumnBuilder, columnBuilder } from '../batch/builder.ts'
import type { DecodeOptions, Rejected } from '../batch/message.ts'
import type { Field } from '../store/field.ts'
import type { WideStore } from '../store/stores.ts'
import { type ReadRow, rowReader } from './fast-decoder/field.ts'
import { rowPlan } from './fast-decoder/rules.ts'
import { zodAsker } from './fast-decoder/zod-field.ts'
import { type Input, inputOf } from './input/input.ts'
import { type Envelope, readPart } from './input/message-parts.ts'
import { hasUnknown } from './input/unknown-fields.ts'
import { rowName, unfit, type Verdict } from './verdict.ts'

/** Returns the fast decoder of a schema, or null where it has none. Columns with checks of the user's own ask zod value by value. */
export function fastDecoderOf(schema: Schema<unknown>, builders: readonly ColumnBuilder[]): ReadRow | null {
  const plan = rowPlan(schema)
  return plan && rowReader(plan, builders, zodShape(schema.zod), zodAsker(inputOf(schema).refuses ? hasUnknown : undefined))
}

/** Why a message is invalid. */
export type Rejection = Pick<Rejected, 'reason' | 'ahead'>

/** Decodes one batch at a time into column builders, which it uses again for the next batch. */
export class BatchDecoder {
  readonly schema: Schema<unknown>
  readonly builders: readonly ColumnBuilder[]
  readonly fast: ReadRow | null
  /** Whether columns are filled from what lies around a message's value. */
  readonly hasParts: boolean
  /** The columns that the fast decoder leaves to `fill`. */
  readonly #parts: Input['parts']
  readonly #time: WideStore | null
  #maxFuture = Number.POSITIVE_INFINITY
  /** The latest event time that the reference time allows. */
  #latest = Number.POSITIVE_INFINITY
  length = 0
  offsets = new Float64Array(0)
  rejected: Rejected[] = []
  /** Messages that the schema's map made no row of. */
  unmapped = 0

  constructor(schema: Schema<unknown>, fast: boolean) {
    this.schema = schema
    this.builders = schema.fields.map(columnBuilder)
    this.fast = fast ? fastDecoderOf(schema, this.builders) : null
    this.#parts = inputOf(schema).parts
    this.hasParts = this.#parts.length > 0
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
    this.unmapped = 0
  }

  /** Fills those columns of the row that the fast decoder has just written. Returns false where one has no value: then zod's path gives the reason. */
  fill(message: Envelope): boolean {
    return this.#parts.every(({ index, part }) => {
      const read = readPart(part, message)
      return 'value' in read && (this.builders[index] as ColumnBuilder).set(this.length, read.value)
    })
  }

  /** Whether the row just written lies within the reference time. */
  get isInTime(): boolean {
    return this.#time === null || this.#time.get(this.length) <= this.#latest
  }

  /** Keeps the row just written, unless its time is too far in the future. */
  keep(offset: number, timestamp: number | undefined): Rejection | null {
    const rejection = this.#future(this.length, timestamp)
    if (rejection === null) this.offsets[this.length++] = offset
    return rejection
  }

  /** Why a row that was written is too far in the future: it would close every window (docs/internals/protocol.md#5.5). */
  #future(row: number, timestamp: number | undefined): Rejection | null {
    const time = this.#time?.get(row) ?? Number.NEGATIVE_INFINITY
    if (timestamp !== undefined && time - timestamp > this.#maxFuture) return { reason: tooFar(time, this.#maxFuture, "its message's", timestamp) }
    if (time > this.#latest) return { reason: tooFar(time, this.#maxFuture, 'the reference time', this.#latest - this.#maxFuture), ahead: time }
    return null
  }

  /** Writes and keeps the rows of a message, all of them or none. */
  take(verdict: Verdict<unknown>, offset: number, timestamp: number | undefined): Rejection | null {
    if ('reason' in verdict) return { reason: verdict.reason }
    if ('rows' in verdict) return this.#takeAll(verdict.rows as readonly object[], offset, timestamp)
    const reason = this.#write(this.length, verdict.row as object)
    return reason === null ? this.keep(offset, timestamp) : { reason }
  }

  #takeAll(rows: readonly object[], offset: number, timestamp: number | undefined): Rejection | null {
    const from = this.length
    this.#makeRoom(from + rows.length)
    let worst: Rejection | null = null
    for (const [i, row] of rows.entries()) {
      const why = this.#write(from + i, row)
      const rejection = why === null ? this.#future(from + i, timestamp) : { reason: why }
      if (rejection === null) continue
      const named = { ...rejection, reason: `${rowName(i, rows.length)}: ${rejection.reason}` }
      if (named.ahead === undefined) return named
      // The message is read again only when the reference time lets all of its rows pass.
      if (worst === null || named.ahead > (worst.ahead as number)) worst = named
    }
    if (worst !== null) return worst
    if (rows.length === 0) this.unmapped++
    this.offsets.fill(offset, from, from + rows.length)
    this.length += rows.length
    return null
  }

  #makeRoom(rows: number): void {
    for (const builder of this.builders) builder.reserve(rows)
    if (rows <= this.offsets.length) return
    const grown = new Float64Array(Math.max(rows, this.offsets.length * 2))
    grown.set(this.offsets)
    this.offsets = grown
  }

  /** Writes a row. Returns why a column cannot hold it, or null. */
  #write(at: number, row: object): string | null {
    const { fields } = this.schema
    for (const field of fields) {
      const reason = unfit(field, valueIn(row, field.name))
      if (reason !== null) return reason
    }
    try {
      for (let f = 0; f < fields.length; f++) this.builders[f]?.set(at, valueIn(row, (fields[f] as Field).name))
    } catch (error) {
      // A user's own codec or overwrite may return what its column cannot hold.
      return (error as Error).message
    }
    return null
  }

  finish<T>(): Decoded<T> {
    const { length, rejected, unmapped } = this
    const offsets = length === this.offsets.length ? this.offsets : this.offsets.slice(0, length)
    const columns = this.builders.map((builder) => builder.finish(length))
    // Frees this batch's memory before the next one comes.
    this.rejected = []
    this.offsets = new Float64Array(0)
    return { batch: internals.make(this.schema as Schema<T>, columns, length, metadataOf(offsets)), rejected, unmapped }
  }
}

/** Returns the metadata of rows that were just decoded: their offsets, and no watermark yet. */
export function metadataOf(offsets: Float64Array): RowMetadata {
  return { offsets, watermarks: new Float64Array(offsets.length).fill(Number.NEGATIVE_INFINITY) }
}

const MAX_DATE_MS = 8.64e15
const iso = (ms: number) => new Date(Math.max(-MAX_DATE_MS, Math.min(MAX_DATE_MS, ms))).toISOString()

function tooFar(time: number, maxFuture: number, what: string, than: number): string {
  return `its time ${iso(time)} is more than ${durationInWords(maxFuture)} after ${what}, ${iso(than)} (maxFuture)`
}
