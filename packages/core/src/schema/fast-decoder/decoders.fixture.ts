import { type Batch, type Decoded, internals, type Schema } from '../../batch/batch.ts'
import { columnBuilder } from '../../batch/builder.ts'
import type { DecodeOptions, Message, Slices } from '../../batch/message.ts'
import { packArrays } from '../../store/pack-arrays.ts'
import { fastDecoderOf } from '../batch-decoder.ts'
import { decodeMessages, decodeSlices } from '../decode.ts'
import { kernelDecoder } from '../kernel/kernel-decoder.ts'
import { packMessages } from '../kernel/pack-messages.ts'
import type { PieceDecoder } from '../kernel/piece.ts'
import { pieceBatch } from '../kernel/piece-batch.ts'
import { twinDecoder } from '../kernel/twin-decoder.ts'
import { isData, rowPlan } from './rules.ts'

const encoder = new TextEncoder()

export const bytesOf = (text: string | Uint8Array) => (typeof text === 'string' ? encoder.encode(text) : text)

const plain = (array: ArrayBufferView | null | undefined) =>
  array ? Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('hex') : ''

type Column = ReturnType<typeof internals.columns>[number]

const pictureOf = (c: Column): readonly unknown[] => [
  c.length,
  c.nullCount,
  plain(c.values),
  plain(c.valueOffsets),
  c.nullCount > 0 ? plain(c.nullBitmap) : '',
  c.children.map((child) => pictureOf(child as Column)),
]

/** A batch down to its buffers, so that what differs in no row differs here: bits behind the last row, bytes under a null. */
const picture = (batch: Batch<unknown>) => {
  const metadata = internals.metadata(batch)
  return JSON.stringify([batch.length, plain(metadata?.offsets), plain(metadata?.watermarks), internals.columns(batch).map(pictureOf)])
}

/** What a decoding gave, to the last bit, as text. */
export const shown = (decoded: Decoded<unknown>) => ({ batch: picture(decoded.batch), reasons: decoded.rejected.map((r) => [r.offset, r.reason]) })

const keys = ['kéy', '', null, Uint8Array.of(0xff)].map((key) => (typeof key === 'string' ? encoder.encode(key) : key))

/** The key of message `i`: texts, none, and bytes that are no text. */
const keyAt = (i: number): Uint8Array | null => keys[i % 4] as Uint8Array | null

/** The header `trace` of message `i`, which every third one has not. */
const traceAt = (i: number): Uint8Array | null => (i % 3 === 2 ? null : encoder.encode(`t${i}`))

/** The messages in one buffer, every second one with a time of its own. */
export function slicesOf(values: readonly (Uint8Array | null)[], after?: string): Slices {
  const starts = new Int32Array(values.length)
  const ends = new Int32Array(values.length)
  // Neighbours that would continue a value if the decoder looked beyond its end.
  const parts: Uint8Array[] = []
  let at = 0
  values.forEach((value, i) => {
    starts[i] = at
    ends[i] = value ? at + value.length : at - 1
    parts.push(value ?? new Uint8Array(0), bytesOf(after ?? (['"', '0', '}', 'e5', '  ', 'null'][i % 6] as string)))
    at += (parts.at(-1)?.length ?? 0) + (value?.length ?? 0)
  })
  const bytes = new Uint8Array(at)
  let to = 0
  for (const part of parts) {
    bytes.set(part, to)
    to += part.length
  }
  const offsets = Float64Array.from(values, (_, i) => i * 3)
  const timestamps = Float64Array.from(values, (_, i) => (i % 2 ? 1.7e12 : Number.NaN))
  return { bytes, starts, ends, offsets, timestamps, keyOf: keyAt, headerOf: (i, name) => (name === 'trace' ? traceAt(i) : null) }
}

type PieceDecoders = { readonly kernel: PieceDecoder | null; readonly twin: PieceDecoder }

const pieceDecoders = new WeakMap<Schema<unknown>, PieceDecoders | null>()

/** The decoders of the decoding thread, which are used for one piece after the other; null for a schema that is not decoded there. */
function pieceDecodersOf(schema: Schema<unknown>): PieceDecoders | null {
  const known = pieceDecoders.get(schema)
  if (known !== undefined) return known
  const plan = rowPlan(schema)
  const time = schema.fields.findIndex(({ name }) => name === schema.time)
  const made = plan && isData(plan) ? { kernel: kernelDecoder(plan, time), twin: twinDecoder(plan, time) } : null
  pieceDecoders.set(schema, made)
  return made
}

/** Decodes slices as the decoding thread and the main thread do together. */
function byPieces(schema: Schema<unknown>, decode: PieceDecoder, slices: Slices, options: DecodeOptions) {
  const { bytes, starts, ends, timestamps = null, offsets } = slices
  const { maxFuture = Number.POSITIVE_INFINITY, reference = Number.POSITIVE_INFINITY } = options
  const { value: piece } = packArrays(decode({ bytes, starts, ends, timestamps, maxFuture, latest: reference + maxFuture }))
  return { odd: [...piece.odd], decoded: pieceBatch(schema, piece, offsets, { ...slices, ...packMessages(slices, piece.odd) }, options) }
}

/** Decodes messages by the fast path (as messages and as slices) and by JSON.parse and zod; throws, naming the message, where they differ. */
export function compare(
  schema: Schema<unknown>,
  values: readonly (Uint8Array | null)[],
  given: DecodeOptions = {},
  after?: string,
): Decoded<unknown> {
  const options = { partition: 3, ...given }
  const messages: Message[] = values.map((value, i) => ({
    value,
    offset: i * 3,
    key: keyAt(i),
    headers: { trace: traceAt(i) },
    ...(i % 2 ? { timestamp: 1.7e12 } : {}),
  }))
  const truth = decodeMessages(schema, messages, options, false)
  const expected = shown(truth)
  const slices = slicesOf(values, after)
  const { kernel = null, twin = null } = pieceDecodersOf(schema) ?? {}
  const [there, plain] = [kernel, twin].map((decode) => decode && byPieces(schema, decode, slices, options))
  const all: [by: string, decoded: Decoded<unknown>, odd?: readonly number[]][] = [
    ['messages', decodeMessages(schema, messages, options)],
    ['slices', decodeSlices(schema, slices, options)],
    ...(plain ? [['twin', plain.decoded, plain.odd] as [string, Decoded<unknown>, number[]]] : []),
    ...(there ? [['kernel', there.decoded, there.odd] as [string, Decoded<unknown>, number[]]] : []),
  ]
  for (const [by, got, odd] of all) {
    const seen = shown(got)
    // The kernel leaves the same messages to zod as its twin.
    if (JSON.stringify(seen) === JSON.stringify(expected) && (by !== 'kernel' || String(odd) === String(plain?.odd))) continue
    if (values.length > 1) for (const value of values) compare(schema, [value], options, after)
    const text = values.map((value) => (value ? JSON.stringify(Buffer.from(value).toString('latin1')) : 'null')).join('\n')
    throw new Error(
      `${schema.name} by ${by}:\n${text}\nfast: ${JSON.stringify(seen)}, odd ${odd} not ${plain?.odd}\nzod:  ${JSON.stringify(expected)}`,
    )
  }
  return truth
}

const fastDecoders = new WeakMap<Schema<unknown>, ReturnType<typeof fastDecoderOf>>()

/** Whether the fast path takes a message, rather than handing it over. */
export function isFast(schema: Schema<unknown>, text: string | Uint8Array): boolean {
  let read = fastDecoders.get(schema)
  if (read === undefined) {
    const builders = schema.fields.map(columnBuilder)
    for (const builder of builders) builder.reserve(1)
    read = fastDecoderOf(schema, builders)
    fastDecoders.set(schema, read)
  }
  const bytes = bytesOf(text)
  return read?.(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length, 0) ?? false
}
