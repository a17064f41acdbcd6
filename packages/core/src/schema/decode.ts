import { valueIn } from '../base/own-names.ts'
import type { Decoded, Schema } from '../batch/batch.ts'
import type { DecodeOptions, Message, Slices } from '../batch/message.ts'
import { BatchDecoder } from './batch-decoder.ts'
import { LONGEST_MESSAGE } from './fast-decoder/read.ts'
import type { Envelope } from './input/message-parts.ts'
import { parseMessage } from './verdict.ts'

const idle = new WeakMap<Schema<unknown>, BatchDecoder>()

/** Lends the schema's decoder. A user's check may decode with the same schema meanwhile: then a second decoder is made. */
function withDecoder<T>(schema: Schema<unknown>, fast: boolean, work: (decoder: BatchDecoder) => T): T {
  const decoder = (fast && idle.get(schema)) || new BatchDecoder(schema, fast)
  idle.delete(schema)
  const result = work(decoder)
  if (fast) idle.set(schema, decoder)
  return result
}

/** Returns what lies around the value of a message. */
export function envelopeOf({ offset, timestamp, key, headers }: Omit<Message, 'value'>, { partition }: DecodeOptions): Envelope {
  return {
    offset,
    timestamp,
    partition,
    key: () => key ?? null,
    header: (name) => (headers && (valueIn(headers, name) as Uint8Array | null | undefined)) ?? null,
  }
}

/** What lies around slice `i`. */
function envelopeAt(slices: Slices, i: number, { partition }: DecodeOptions): Envelope {
  const time = slices.timestamps?.[i] ?? Number.NaN
  return {
    offset: slices.offsets[i] as number,
    timestamp: Number.isNaN(time) ? undefined : time,
    partition,
    key: () => slices.keyOf?.(i) ?? null,
    header: (name) => slices.headerOf?.(i, name) ?? null,
  }
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
        read &&
        value &&
        value.length <= LONGEST_MESSAGE &&
        read(bytes, view, value.byteOffset, value.byteOffset + value.length, decoder.length) &&
        (!decoder.hasParts || decoder.fill(envelopeOf(message, options)))
      const rejection = isWritten
        ? decoder.keep(offset, timestamp)
        : decoder.take(parseMessage(schema, value, envelopeOf(message, options)), offset, timestamp)
      if (rejection !== null) decoder.rejected.push({ ...message, ...rejection })
    }
    return decoder.finish<T>()
  })
}

/** Keeps or rejects slice `i`. `isRead` says whether the fast decoder has read its value into a row. */
function takeSlice(decoder: BatchDecoder, isRead: boolean, slices: Slices, i: number, options: DecodeOptions): void {
  const { bytes, starts, ends, keyOf } = slices
  const time = slices.timestamps?.[i] ?? Number.NaN
  const timestamp = Number.isNaN(time) ? undefined : time
  const offset = slices.offsets[i] as number
  const isWritten = isRead && (!decoder.hasParts || decoder.fill(envelopeAt(slices, i, options)))
  const future = isWritten ? decoder.keep(offset, timestamp) : null
  if (isWritten && future === null) return
  const value = (ends[i] as number) < (starts[i] as number) ? null : bytes.subarray(starts[i], ends[i])
  const rejection = future ?? decoder.take(parseMessage(decoder.schema, value, envelopeAt(slices, i, options)), offset, timestamp)
  if (rejection === null) return
  const key = keyOf?.call(slices, i)
  decoder.rejected.push({ value, offset, ...(timestamp === undefined ? {} : { timestamp }), ...(key === undefined ? {} : { key }), ...rejection })
}

/** Returns the parts of one buffer as messages, with these headers of each. */
export function messagesOf(slices: Slices, headers: readonly string[] = []): Message[] {
  const { bytes, starts, ends, offsets, timestamps, length = starts.length } = slices
  return Array.from({ length }, (_, i) => {
    const [start, end, time] = [starts[i] as number, ends[i] as number, timestamps?.[i] ?? Number.NaN]
    const key = slices.keyOf?.(i)
    return {
      value: end < start ? null : bytes.subarray(start, end),
      offset: offsets[i] as number,
      ...(Number.isNaN(time) ? {} : { timestamp: time }),
      ...(key === undefined ? {} : { key }),
      ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers.map((name) => [name, slices.headerOf?.(i, name) ?? null])) }),
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
    const isPlain = timestamps === undefined && !decoder.hasParts
    for (let i = 0; i < length; i++) {
      const start = starts[i] as number
      const end = ends[i] as number
      const isRead = (end - start <= LONGEST_MESSAGE && read?.(bytes, view, base + start, base + end, decoder.length)) ?? false
      // The common case needs no object, no closure and no boxed number.
      if (isRead && isPlain && decoder.isInTime) decoder.offsets[decoder.length++] = offsets[i] as number
      else takeSlice(decoder, isRead, slices, i, options)
    }
    return decoder.finish<T>()
  })
}
