import { type KeyedTable, type Schema, type Slices, tableOf } from '@tickets/core'
import { ChangeDecoder, type DecodeRows, workerDecoder } from '@tickets/core/internal'
import type { DecodeThreadOptions } from '@tickets/core/node'
import { topicsSource } from '../source/source.ts'
import { envelopeOf, type KafkaTableOptions } from './options.ts'

/** So many bytes are worth another thread. */
const WORKER_MIN_BYTES = 128 * 1024

/**
 * Returns a table that follows a topic: of each key the rows by their event time, for `joinTable`. It needs no consumer group, and commits nothing.
 *
 * A value is a row of the schema, or an event of Debezium. A message without a value, a tombstone, deletes the row of its key from the message's own time on.
 * Its key is text, a JSON string or number, or a JSON object with the key's column, such as `{"client_id":"a"}`, as Kafka Connect, Debezium and ksqlDB write
 * it. Debezium's deletions count from `source.ts_ms` on, and a `messageTimestamp()` of the schema is `source.ts_ms` too. What cannot be read, and a truncated
 * table, goes to the dead letters.
 *
 * @throws `OPTION_INVALID` at once
 * @example
 * kafkaTable({ schema: Plan, brokers: ['localhost:9092'], topic: 'plans', key: 'client_id' }).source.name // 'kafka:plans'
 */
export function kafkaTable<Row, const K extends keyof Row & string>(options: KafkaTableOptions<Row, K>): KeyedTable<Row, K> {
  const { schema, key, partitions = 'same', envelope, idleTimeout, ...reading } = options
  const decoder = new ChangeDecoder(schema, { key, envelope: envelopeOf(envelope) }, rowsDecoder(schema, options))
  const source = topicsSource<Row>({ ...reading, schema: decoder.rows.schema, groupId: null, keyedBy: [key] }, (_, memory) =>
    decoder.partition(memory),
  )
  const deleted = decoder.rows.deleted as keyof Row & string
  return tableOf(source, { key, partitions, deleted, ...(idleTimeout === undefined ? {} : { idleTimeout }) })
}

/** Returns what decodes rows: on another thread where there are many. */
function rowsDecoder<T>(schema: Schema<T>, options: DecodeThreadOptions): DecodeRows<T> {
  const worker = workerDecoder(schema, options)
  return (slices, decoding) => {
    const there = sizeOf(slices) >= WORKER_MIN_BYTES ? worker?.(slices, decoding) : null
    return there ?? schema.decodeSlices(slices, decoding)
  }
}

function sizeOf({ starts, ends, length = starts.length }: Slices): number {
  let size = 0
  for (let i = 0; i < length; i++) size += (ends[i] as number) - (starts[i] as number)
  return size
}
