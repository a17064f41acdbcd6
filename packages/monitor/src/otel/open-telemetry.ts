import { type Meter, metrics as metricsApi, ROOT_CONTEXT, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import type { RunWatcher, Telemetry, WatchedRun } from '@tickets/core'
import { Runs } from '../runs/runs.ts'
import { instruments } from './instruments.ts'
import { type RangeSpan, retrySpan, spanOf } from './spans.ts'

/** Where metrics and spans go; by default to the providers that are registered globally. */
export interface OpenTelemetryOptions {
  readonly meter?: Meter
  readonly tracer?: Tracer
}

const NAME = '@tickets/monitor'

/**
 * Creates telemetry that gives the metrics of the catalogue to OpenTelemetry, and a span for each committed range, with its steps as children.
 *
 * @example
 * pipeline({ …, telemetry: openTelemetry() })
 */
export function openTelemetry({ meter = metricsApi.getMeter(NAME), tracer = trace.getTracer(NAME) }: OpenTelemetryOptions = {}): Telemetry {
  const runs = new Runs()
  const observe = instruments(meter, runs)
  return {
    watch(run: WatchedRun): RunWatcher {
      const counts = runs.watch(run, observe)
      return {
        committed(range) {
          counts.committed?.(range)
          const span = spanOf(run, range)
          if (span) emit(tracer, span)
        },
        retried(retry) {
          counts.retried?.(retry)
          emit(tracer, retrySpan(run, retry))
        },
        ended: (end) => counts.ended?.(end),
      }
    },
  }
}

function emit(tracer: Tracer, { name, isConsumer, attributes, start, end, error, children }: RangeSpan): void {
  const kind = isConsumer ? SpanKind.CONSUMER : SpanKind.INTERNAL
  const parent = tracer.startSpan(name, { kind, attributes, startTime: start, root: true })
  if (error) parent.setStatus({ code: SpanStatusCode.ERROR, message: error })
  const within = trace.setSpan(ROOT_CONTEXT, parent)
  for (const child of children) tracer.startSpan(child.name, { startTime: child.start }, within).end(child.end)
  parent.end(end)
}
