import { type Batch, type Range, type TaskId, TicketsError, watermarksOf } from '@tickets/core'
import { messageText, valueIn } from '@tickets/core/internal'
import { partitioner } from '../client/kafkajs.ts'
import type { OutgoingMessage } from '../sink/message-file.ts'
import type { RecordSerializer } from '../sink/writer.ts'
import { MARKER_HEADER, markerOf, UPSTREAM_HEADER, upstreamText } from './headers.ts'
import type { RepartitionSettings } from './options.ts'

const textOf = (value: unknown): string | null =>
  value === undefined || value === null ? null : value instanceof Date ? value.toISOString() : String(value)

/**
 * Returns a function that reads the key of a row's message: the value of one column as text, or of several as a JSON array. The key is null if the
 * only column has no value.
 */
export const keyReader =
  (columns: readonly string[]) =>
  (row: Readonly<Record<string, unknown>>): string | null => {
    const [only, ...more] = columns
    return more.length === 0 ? textOf(valueIn(row, only as string)) : JSON.stringify(columns.map((column) => textOf(valueIn(row, column))))
  }

/**
 * Returns a function from key to partition, which chooses as Java's client does. Rows without a key go to the partition of the empty text, so that
 * they stay together.
 */
export function partitionOf(partitions: number): (key: string | null) => number {
  const choose = partitioner()
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({ partitionId })) as never
  return (key) => choose({ topic: '', partitionMetadata, message: { key: key ?? '', value: null } })
}

/**
 * Returns the watermark that each row's message carries: that of its task just before the row, but never more than that of a later row in the
 * range, since a flow that joins two branches emits them out of order. Throws `WATERMARK_LOST`.
 */
export function watermarksToSend(batches: readonly Batch<unknown>[], flow: string): Float64Array[] {
  const watermarks = batches.map((batch) => {
    const known = watermarksOf(batch)
    if (known) return known.slice()
    throw new TicketsError(
      'WATERMARK_LOST',
      `repartition in flow "${flow}" got rows without their watermarks: make rows with mapRows or withColumn, not with Batch.of, rows() or a map of your own before it`,
    )
  })
  let least = Number.POSITIVE_INFINITY
  for (const some of watermarks.toReversed()) {
    for (let i = some.length - 1; i >= 0; i--) {
      least = Math.min(least, some[i] as number)
      some[i] = least
    }
  }
  return watermarks
}

/** Returns the serializer of one task: each row with its task and watermark, then a marker to every partition (docs/internals/protocol.md#4.6). */
export function repartitionSerializer<T>({ columns, partitions }: RepartitionSettings<T>, { logId, task, flow }: TaskId): RecordSerializer<T> {
  const keyOf = keyReader(columns)
  const choose = partitionOf(partitions)
  let last = ''
  const markerHeaders = ({ standing }: Range) => {
    if (!standing) throw new TicketsError('OPTION_INVALID', `flow "${flow}": repartition got a range that does not say where its task stands`)
    return { [UPSTREAM_HEADER]: upstreamText(logId, task, standing.watermark), [MARKER_HEADER]: JSON.stringify(markerOf(standing)) }
  }
  return {
    hasMessagesFor: (range) => JSON.stringify(markerHeaders(range)) !== last,
    *messages(batches, range) {
      const headers = markerHeaders(range)
      last = JSON.stringify(headers)
      const sent = watermarksToSend(batches, flow)
      for (const [b, batch] of batches.entries()) {
        const watermarks = sent[b] as Float64Array
        const text = messageText(batch.schema)
        let i = 0
        for (const row of batch) {
          const key = keyOf(row as Readonly<Record<string, unknown>>)
          const watermark = watermarks[i++] as number
          yield {
            key,
            value: text(row),
            partition: choose(key),
            headers: { [UPSTREAM_HEADER]: upstreamText(logId, task, watermark) },
          } satisfies OutgoingMessage
        }
      }
      for (let partition = 0; partition < partitions; partition++) yield { key: null, value: null, partition, headers }
    },
  }
}
