import { join } from 'node:path'
import { bytes, type DeadLetter, date, decimal, defineSchema, instant, into, json, pipeline, type RowOf, type Schema } from '@tickets/core'
import { messageText } from '@tickets/core/internal'
import { commitLog } from '@tickets/core/node'
import { memorySink, memorySource, messagesOf } from '@tickets/core/testing'
import * as z from 'zod'
import { type KafkaSourceOptions, kafkaSink, kafkaSource, type MessageFormat } from '../src/index.ts'
import { unique } from './helpers.ts'
import { folder } from './sink-helpers.ts'

/** Rows with a column of every kind. */
export const Order = defineSchema(
  z.object({
    id: z.uuid(),
    at: instant(),
    day: date(),
    total: decimal(12, 2),
    number: decimal(20, 0),
    note: z.string().optional(),
    level: z.enum(['low', 'high']),
    raw: bytes(),
    any: json(),
    lines: z.array(z.object({ sku: z.string(), count: z.int32(), price: z.number().nullable() })),
    labels: z.record(z.string(), z.int()),
    user: z.object({ name: z.string(), isNew: z.boolean() }),
  }),
  { name: 'order', time: 'at' },
)
export type Order = RowOf<typeof Order>

export const order = (i: number): Order => ({
  id: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
  at: new Date(Date.UTC(2026, 0, 31, 12, 0, i, 7)),
  day: '2026-01-31',
  total: `-${i + 1}.05`,
  number: '9223372036854775807',
  ...(i % 2 ? { note: 'é"\\\n' } : {}),
  level: 'high',
  raw: Uint8Array.of(0, 255, i),
  any: { deep: [1, null, 'x'] },
  lines: [
    { sku: 'a', count: -i - 1, price: 0.5 },
    { sku: 'b', count: 2 ** 31 - 1, price: null },
  ],
  labels: { one: 1, two: 2 ** 53 - 1 },
  user: { name: 'Ada', isNew: i % 2 === 0 },
})

/** Reads a topic to its end. */
export async function readTopic<T>(
  options: { readonly schema: Schema<T>; readonly brokers: readonly string[]; readonly topic: string } & Partial<KafkaSourceOptions<T>>,
) {
  const [sink, dead] = [memorySink<T>('rows'), memorySink<DeadLetter>('dead')]
  const result = await pipeline({
    name: 'read',
    source: kafkaSource({ groupId: unique('g'), until: 'now', ...options }),
    log: commitLog(join(await folder(), 'log')),
    deadLetters: dead,
    flows: (rows) => ({ all: rows.pipe(into(sink)) }),
  }).run({ handleSignals: false })
  return { result, rows: sink.rows, dead: dead.rows }
}

/** Writes rows to a topic with the sink. */
export async function writeTopic<T>(
  schema: Schema<T>,
  rows: readonly T[],
  options: { readonly brokers: readonly string[]; readonly topic: string; readonly format: MessageFormat },
) {
  const text = messageText(schema)
  const staging = await folder()
  return pipeline({
    name: 'write',
    source: memorySource({ schema, partitions: [messagesOf(rows.map(text))] }),
    log: commitLog(join(await folder(), 'log')),
    flows: (all) => ({ all: all.pipe(into(kafkaSink<T>({ staging, ...options }))) }),
  }).run({ handleSignals: false })
}
