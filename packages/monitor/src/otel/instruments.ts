import type { Meter } from '@opentelemetry/api'
import { catalogue, type Observation } from '../catalogue/catalogue.ts'
import type { MetricDefinition } from '../catalogue/definition.ts'
import type { Runs } from '../runs/runs.ts'

/** Makes an instrument for each metric of the catalogue, gauges read from these runs. Returns what counters and histograms take their values by. */
export function instruments(meter: Meter, runs: Runs): (observation: Observation) => void {
  const takers = new Map<string, (value: number, labels: Observation['labels']) => void>()
  const gauges = new Map<string, ReturnType<Meter['createObservableGauge']>>()
  for (const definition of catalogue as readonly MetricDefinition[]) {
    const { name, unit } = instrumentOf(definition)
    const options = { description: definition.help, unit }
    if (definition.type === 'gauge') gauges.set(definition.name, meter.createObservableGauge(name, options))
    else if (definition.type === 'counter') {
      const counter = meter.createCounter(name, options)
      takers.set(definition.name, (value, labels) => counter.add(value, labels))
    } else {
      const histogram = meter.createHistogram(name, { ...options, advice: { explicitBucketBoundaries: [...(definition.buckets ?? [])] } })
      takers.set(definition.name, (value, labels) => histogram.record(value, labels))
    }
  }
  meter.addBatchObservableCallback(
    (result) => {
      for (const { metric, labels, value } of runs.gauges()) {
        const gauge = gauges.get(metric)
        if (gauge) result.observe(gauge, value, labels)
      }
    },
    [...gauges.values()],
  )
  return ({ metric, labels, value }) => takers.get(metric)?.(value, labels)
}

/**
 * Returns the name and unit of a metric in OpenTelemetry: with dots, and without the suffixes for counters and units, which exporters to Prometheus
 * may add again.
 *
 * @example
 * instrumentOf({ name: 'tickets_range_step_seconds', type: 'histogram', unit: 's', … }) // { name: 'tickets.range.step', unit: 's' }
 */
export function instrumentOf({ name, type, unit }: Pick<MetricDefinition, 'name' | 'type' | 'unit'>): {
  readonly name: string
  readonly unit: string
} {
  const base = type === 'counter' ? name.replace(/_total$/, '') : name
  const suffix = suffixes[unit]
  const bare = suffix && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base
  return { name: bare.replaceAll('_', '.'), unit }
}

/** What the names of Prometheus end in for units that have a name. */
const suffixes: Readonly<Record<string, string>> = { s: '_seconds', By: '_bytes' }
