import { type Batch, type Decoded, type DecodeOptions, type Rejected, type Schema, TicketsError } from '@tickets/core'
import type { Fetched } from '../protocol/message-slices.ts'
import type { DecodedChunk } from '../source/reader.ts'
import { HeaderReader, type WatermarkMarker } from './headers.ts'
import type { Upstream } from './upstream.ts'

const noSender = 'it does not say which task upstream it is from: only the sink of `repartition` writes to its topic'

/**
 * Returns a decoder of what `repartition` sent: rows with the watermark before each. It applies the markers, and rejects messages of other producers.
 *
 * `maxFuture` was applied upstream, to the times of the messages that the rows came in.
 */
export function repartitionDecoder<T>(
  partition: string,
  schema: Schema<T>,
  upstream: Upstream,
): (fetched: Fetched, options: DecodeOptions) => DecodedChunk<T> {
  return (fetched) => {
    const headers = new HeaderReader(fetched.bytes)
    const rows = new Int32Array(fetched.length)
    const before = new Float64Array(fetched.length)
    const foreign: Rejected[] = []
    let count = 0
    for (let i = 0; i < fetched.length; i++) {
      const [start, end] = [fetched.starts[i] as number, fetched.ends[i] as number]
      if (!headers.read(Math.max(start, end), fetched.limits[i] as number)) {
        foreign.push(messageAt(fetched, i))
        continue
      }
      const { log, task, watermark, marker } = headers
      if (!upstream.isOf(log)) throw twoLogs(partition, log)
      if (marker === null) {
        upstream.addRow(task, watermark)
        rows[count] = i
        before[count++] = upstream.watermark
      } else {
        const { state, tasks } = JSON.parse(marker) as WatermarkMarker
        upstream.addMarker(task, watermark, state, tasks)
      }
    }
    const { batch, rejected } = decodeRows(schema, fetched, rows, count)
    return {
      batch,
      rejected: foreign.length === 0 ? rejected : [...rejected, ...foreign].sort((a, b) => a.offset - b.offset),
      watermarks: watermarksOf(batch, rejected, fetched, rows, before.subarray(0, count)),
      watermark: upstream.watermark,
      memory: upstream.snapshot(),
    }
  }
}

/** Decodes some of the messages. */
function decodeRows<T>(schema: Schema<T>, fetched: Fetched, rows: Int32Array, count: number): Decoded<T> {
  if (count === fetched.length) return schema.decodeSlices(fetched)
  const pick = <A extends Int32Array | Float64Array>(from: A, into: A): A => {
    for (let i = 0; i < count; i++) into[i] = from[rows[i] as number] as number
    return into
  }
  const { bytes, starts, ends, offsets, timestamps } = fetched
  return schema.decodeSlices({
    bytes,
    starts: pick(starts, new Int32Array(count)),
    ends: pick(ends, new Int32Array(count)),
    offsets: pick(offsets, new Float64Array(count)),
    ...(timestamps && { timestamps: pick(timestamps, new Float64Array(count)) }),
    length: count,
    keyOf: (i) => fetched.keyOf?.(rows[i] as number) ?? null,
  })
}

/** The watermarks of the rows that are left when some were rejected. */
function watermarksOf(
  batch: Batch<unknown>,
  rejected: readonly Rejected[],
  { offsets }: Fetched,
  rows: Int32Array,
  before: Float64Array,
): Float64Array {
  if (batch.length === before.length) return before
  const gone = new Set(rejected.map(({ offset }) => offset))
  return before.filter((_, i) => !gone.has(offsets[rows[i] as number] as number))
}

function messageAt({ bytes, starts, ends, offsets, timestamps, keyOf }: Fetched, i: number): Rejected {
  const [start = 0, end = 0] = [starts[i], ends[i]]
  const time = timestamps?.[i] ?? Number.NaN
  return {
    value: end < start ? null : bytes.slice(start, end),
    offset: offsets[i] as number,
    ...(Number.isNaN(time) ? {} : { timestamp: time }),
    key: keyOf?.(i)?.slice() ?? null,
    reason: noSender,
  }
}

const twoLogs = (partition: string, log: string) =>
  new TicketsError(
    'SOURCE_CHANGED',
    `${partition} has messages of a second pipeline log, ${log}: a topic of \`repartition\` takes one. Give each pipeline a topic of its own; to start the first one over, delete the topic, and the logs of those that read it`,
  )
