import { SpanKind } from '@opentelemetry/api'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { into, pipeline, Ticket } from '@tickets/core'
import { memoryLog, memorySink } from '@tickets/core/testing'
import { kafkaSource } from '@tickets/kafka-source'
import { metrics } from '@tickets/monitor'
import { openTelemetry } from '@tickets/monitor/opentelemetry'
import { expect, test } from 'vitest'
import { sharedBroker } from '../../../test/broker/shared.ts'
import { topicOf, unique } from '../../kafka-source/test/helpers.ts'

const shared = await sharedBroker('the telemetry of a topic')
const brokers = shared ?? []

test.skipIf(!shared)('a topic has its latency since the broker, its lag, and spans that name it', async () => {
  const before = Date.now()
  const topic = await topicOf(brokers, 'watched', 2, 100)
  const [watched, exporter] = [metrics(), new InMemorySpanExporter()]
  const tracer = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }).getTracer('test')
  const lags: number[] = []
  const family = (name: string) => watched.read().find((one) => one.name === name)
  await pipeline({
    name: 'watched',
    source: kafkaSource({ schema: Ticket, brokers, topic, groupId: unique('g'), from: 'earliest', until: 'now' }),
    log: memoryLog(),
    range: { rows: 10 },
    telemetry: [watched, openTelemetry({ tracer }), { watch: () => ({ committed: () => lags.push(...lagsNow()) }) }],
    flows: (tickets) => ({ tickets: tickets.pipe(into(memorySink<Ticket>('tickets'))) }),
  }).run({ handleSignals: false })
  function lagsNow(): number[] {
    return (family('tickets_consumer_lag')?.values ?? []).map(({ value }) => value)
  }
  expect(family('tickets_rows_read_total')?.values.reduce((sum, { value }) => sum + value, 0)).toBe(200)
  const latency = family('tickets_end_to_end_latency_seconds')?.histograms.find(({ labels }) => labels.time === 'broker')
  expect(latency?.count).toBeGreaterThan(2)
  // The messages were sent after this test began.
  expect((latency?.sum ?? 0) / (latency?.count ?? 1)).toBeLessThanOrEqual((Date.now() - before) / 1000)
  expect(Math.max(...lags)).toBeGreaterThan(0)
  expect(Math.min(...lags)).toBe(0)
  const spans = exporter.getFinishedSpans().filter(({ name }) => name === `process ${topic}`)
  expect(new Set(spans.map(({ attributes }) => attributes['messaging.destination.partition.id']))).toEqual(new Set(['0', '1']))
  expect(spans.reduce((sum, { attributes }) => sum + Number(attributes['messaging.batch.message_count']), 0)).toBe(200)
  expect(spans[0]).toMatchObject({ kind: SpanKind.CONSUMER, attributes: { 'messaging.system': 'kafka', 'messaging.destination.name': topic } })
})
