import { valueIn } from '../base/own-names.ts'
import { zodShape } from '../base/zod-definition.ts'
import { type Decoded, internals, type RowMetadata, type Schema } from '../batch/batch.ts'
import { type ColumnBuilder, columnBuilder } from '../batch/builder.ts'
import type { DecodeOptions, Message, Rejected, Slices } from '../batch/message.ts'
import type { Field } from '../store/field.ts'
import type { WideStore } from '../store/stores.ts'
import { type ReadRow, rowReader } from './fast-decoder/field.ts'
import { rowPlan } from './fast-decoder/rules.ts'
import { askZod } from './fast-decoder/zod-field.ts'
import { LONGEST_MESSAGE, parseMessage, unfit } from './verdict.ts'

/** Returns the fast decoder of a schema, or null where it has none. Columns with checks of the user's own ask zod value by value. */
export function fastDecoderOf(schema: Schema<unknown>, builders: readonly ColumnBuilder[]): ReadRow | null {
  const plan = rowPlan(schema)
  return plan && rowReader(plan, builders, zodShape(schema.zod), askZod)
}

/** Why a message is invalid. */
type Rejection = Pick<Rejected, 'reason' | 'ahead'>

/** Decodes one batch at a time into column builders, which it uses again for the next batch. */
class BatchDecoder {
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

  /** Decodes a message with JSON.parse and zod, whose verdict counts. */
  decodeWithZod(value: Uint8Array | null, offset: number, timestamp: number | undefined): Rejection | null {
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
      // A user's own codec or overwrite may return what its column cannot hold.
      return { reason: (error as Error).message }
    }
    return this.keep(offset, timestamp)
  }

  /** Keeps or rejects slice `i`. `isWritten` says whether the fast decoder has written its row. */
  takeSlice(isWritten: boolean, slices: Slices, i: number): void {
    const { bytes, starts, ends, offsets, timestamps, keyOf } = slices
    const time = timestamps?.[i] ?? Number.NaN
    const timestamp = Number.isNaN(time) ? undefined : time
    const offset = offsets[i] as number
    const future = isWritten ? this.keep(offset, timestamp) : null
    if (isWritten && future === null) return
    const value = (ends[i] as number) < (starts[i] as number) ? null : bytes.subarray(starts[i], ends[i])
    const rejection = future ?? this.decodeWithZod(value, offset, timestamp)
    if (rejection === null) return
    const key = keyOf?.call(slices, i)
    this.rejected.push({ value, offset, ...(timestamp === undefined ? {} : { timestamp }), ...(key === undefined ? {} : { key }), ...rejection })
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

const idle = new WeakMap<Schema<unknown>, BatchDecoder>()

/** Lends the schema's decoder. A user's check may decode with the same schema meanwhile: then a second decoder is made. */
function withDecoder<T>(schema: Schema<unknown>, fast: boolean, work: (decoder: BatchDecoder) => T): T {
  const decoder = (fast && idle.get(schema)) || new BatchDecoder(schema, fast)
  idle.delete(schema)
  const result = work(decoder)
  if (fast) idle.set(schema, decoder)
  return result
}

/** Decodes messages to columns; see `Schema.decode`. Without `fast`, JSON.parse and zod decode all of them, to the same result. */
export function decodeMessages<T>(schema: Schema<T>, messages: readonly Message[], options: DecodeOptions = {}, fast = true): Decoded<T> {
  return withDecoder(schema, fast, (decoder) => {
    decoder.begin(messages.length, options)
    const { fast: read } = decoder
    let buffer: ArrayBufferLike | null = null
    let bytes = new Uint8Array(0)
    let view = new DataView(bytes.buffer)
    for (const message of messages) {
      const { value, offset, timestamp } = message
      if (read && value && value.buffer !== buffer) {
        // Most messages are views of one fetched chunk, so one pair of views serves a chunk.
        buffer = value.buffer
        bytes = new Uint8Array(buffer) as Uint8Array<ArrayBuffer>
        view = new DataView(buffer) as DataView<ArrayBuffer>
      }
      const isWritten =
        read && value && value.length <= LONGEST_MESSAGE && read(bytes, view, value.byteOffset, value.byteOffset + value.length, decoder.length)
      const rejection = isWritten ? decoder.keep(offset, timestamp) : decoder.decodeWithZod(value, offset, timestamp)
      if (rejection !== null) decoder.rejected.push({ ...message, ...rejection })
    }
    return decoder.finish<T>()
  })
}

/** Returns the parts of one buffer as messages. */
export function messagesOf(slices: Slices): Message[] {
  const { bytes, starts, ends, offsets, timestamps, length = starts.length } = slices
  return Array.from({ length }, (_, i) => {
    const [start, end, time] = [starts[i] as number, ends[i] as number, timestamps?.[i] ?? Number.NaN]
    const key = slices.keyOf?.(i)
    return {
      value: end < start ? null : bytes.subarray(start, end),
      offset: offsets[i] as number,
      ...(Number.isNaN(time) ? {} : { timestamp: time }),
      ...(key === undefined ? {} : { key }),
    }
  })
}

/** Decodes the parts of one buffer; see `Schema.decodeSlices`. */
export function decodeSlices<T>(schema: Schema<T>, slices: Slices, options: DecodeOptions = {}, fast = true): Decoded<T> {
  return withDecoder(schema, fast, (decoder) => {
    const { bytes: whole, starts, ends, offsets, timestamps, length = starts.length } = slices
    decoder.begin(length, options)
    const { fast: read } = decoder
    const bytes = new Uint8Array(whole.buffer)
    const view = new DataView(whole.buffer)
    const base = whole.byteOffset
    for (let i = 0; i < length; i++) {
      const start = starts[i] as number
      const end = ends[i] as number
      const isWritten = (end - start <= LONGEST_MESSAGE && read?.(bytes, view, base + start, base + end, decoder.length)) ?? false
      // The common case needs no object, no closure and no boxed number.
      if (isWritten && timestamps === undefined && decoder.isInTime) decoder.offsets[decoder.length++] = offsets[i] as number
      else decoder.takeSlice(isWritten, slices, i)
    }
    return decoder.finish<T>()
  })
}
