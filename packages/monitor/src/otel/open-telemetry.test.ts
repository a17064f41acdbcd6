import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { DataPointType, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { TicketsError } from '@tickets/core'
import { expect, it } from 'vitest'
import { rangeOf, runOf, stateOf, steps } from '../../test/runs.ts'
import { catalogue } from '../catalogue/catalogue.ts'
import { openTelemetry } from './open-telemetry.ts'

/** Collects when it is asked. */
class Reader extends MetricReader {
  protected async onShutdown() {}
  protected async onForceFlush() {}
}

function world() {
  const reader = new Reader()
  const exporter = new InMemorySpanExporter()
  const meter = new MeterProvider({ readers: [reader] }).getMeter('test')
  const tracer = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }).getTracer('test')
  const collect = async () => (await reader.collect()).resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics)
  return { telemetry: openTelemetry({ meter, tracer }), exporter, collect }
}

const millis = ([seconds, nanos]: readonly [number, number]) => seconds * 1000 + nanos / 1e6

it('gives counters, histograms and gauges to the SDK', async () => {
  const { telemetry, collect } = world()
  const run = telemetry.watch(runOf({ state: () => stateOf({ 'tickets-0': { lag: 5 } }) }))
  for (const rows of [3, 4]) run.committed?.(rangeOf({ rows, steps }))
  const metrics = await collect()
  const one = (name: string) => metrics.find(({ descriptor }) => descriptor.name === name)
  const labels = { pipeline: 'lake', task: 'tickets-0' }
  expect(one('tickets.rows.read')).toMatchObject({ descriptor: { unit: '{row}' }, dataPoints: [{ value: 7, attributes: labels }] })
  expect(one('tickets.consumer.lag')).toMatchObject({ dataPointType: DataPointType.GAUGE, dataPoints: [{ value: 5, attributes: labels }] })
  expect(one('tickets.up')?.dataPoints).toMatchObject([{ value: 1, attributes: { pipeline: 'lake' } }])
  const read = one('tickets.range.step')?.dataPoints.find(({ attributes }) => attributes.step === 'read')
  const { buckets } = catalogue.find(({ name }) => name === 'tickets_range_step_seconds') as { buckets?: readonly number[] }
  expect(read).toMatchObject({ value: { count: 2, sum: 0.2, buckets: { boundaries: buckets } } })
})

it('reads the gauges at each collection', async () => {
  const { telemetry, collect } = world()
  let held = 1
  const run = telemetry.watch(runOf({ state: () => stateOf({}, { memory: { held: held++, limit: 10 } }) }))
  const value = async (name: string) => (await collect()).find(({ descriptor }) => descriptor.name === name)?.dataPoints[0]?.value
  expect([await value('tickets.held'), await value('tickets.held')]).toEqual([1, 2])
  run.ended?.({ how: 'done', at: 0 })
  expect(await value('tickets.up')).toBe(0)
})

it('makes a span for each range, with its steps as children', () => {
  const { telemetry, exporter } = world()
  telemetry.watch(runOf()).committed?.(rangeOf({ rows: 50, steps }))
  const spans = exporter.getFinishedSpans()
  const parent = spans.find(({ name }) => name === 'process tickets')
  expect(parent).toMatchObject({ kind: SpanKind.CONSUMER, attributes: { 'messaging.system': 'kafka', 'messaging.batch.message_count': 50 } })
  expect([millis(parent?.startTime ?? [0, 0]), millis(parent?.endTime ?? [0, 0])]).toEqual([9_876, 10_000])
  const children = spans.filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent?.spanContext().spanId)
  expect(children.map(({ name, startTime, endTime }) => [name, millis(startTime), millis(endTime)])).toEqual([
    ['read', 9_876, 9_976],
    ['stage', 9_976, 9_996],
    ['record', 9_996, 9_999],
    ['publish', 9_999, 10_000],
  ])
})

it('makes a span with an error of a fault that is tried again, by its code alone', () => {
  const { telemetry, exporter } = world()
  const error = new TicketsError('SINK_FAILED', 'password hunter2')
  telemetry.watch(runOf()).retried?.({ task: 'tickets-0', error, failures: 1, at: 50 })
  expect(exporter.getFinishedSpans()).toMatchObject([{ name: 'retry tickets-0', status: { code: SpanStatusCode.ERROR, message: 'SINK_FAILED' } }])
})

it('does nothing where no SDK is registered', () => {
  const run = openTelemetry().watch(runOf())
  run.committed?.(rangeOf({ rows: 1, steps }))
  run.ended?.({ how: 'done', at: 0 })
})
