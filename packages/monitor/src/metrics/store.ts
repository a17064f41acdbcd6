import { catalogue, type Labels, type MetricName, type Observation } from '../catalogue/catalogue.ts'
import type { MetricDefinition } from '../catalogue/definition.ts'

/** The value of one series of a counter or gauge. */
export interface ValueSeries {
  readonly labels: Labels
  readonly value: number
}

/** One series of a histogram. */
export interface HistogramSeries {
  readonly labels: Labels
  /** How many observations each bucket has, the infinite one last; not added up. */
  readonly counts: readonly number[]
  readonly count: number
  readonly sum: number
}

/** A metric with all of its series. */
export interface MetricFamily extends MetricDefinition {
  readonly name: MetricName
  readonly values: readonly ValueSeries[]
  readonly histograms: readonly HistogramSeries[]
}

interface Histogram {
  readonly labels: Labels
  readonly counts: number[]
  sum: number
}

/** Keeps counters and histograms in plain objects. */
export class MetricStore {
  readonly #definitions = new Map<string, MetricDefinition>(catalogue.map((one) => [one.name, one]))
  readonly #counters = new Map<string, Map<string, { readonly labels: Labels; value: number }>>()
  readonly #histograms = new Map<string, Map<string, Histogram>>()

  /** Adds to a counter, or to a histogram. */
  readonly observe = ({ metric, labels, value }: Observation): void => {
    const buckets = this.#definitions.get(metric)?.buckets
    if (buckets) this.#record(metric, labels, value, buckets)
    else seriesOf(this.#counters, metric, labels, () => ({ labels, value: 0 })).value += value
  }

  /** Returns all metrics in the order of the catalogue, with these gauges. */
  families(gauges: readonly Observation[]): MetricFamily[] {
    return catalogue.map((definition: MetricDefinition & { readonly name: MetricName }) => {
      const { name, type } = definition
      const counters = [...(this.#counters.get(name)?.values() ?? [])].map((series) => ({ ...series }))
      const values = type === 'gauge' ? gauges.filter(({ metric }) => metric === name) : counters
      const histograms = [...(this.#histograms.get(name)?.values() ?? [])].map(({ labels, counts, sum }) => ({
        labels,
        counts: [...counts],
        count: counts.reduce((all, one) => all + one, 0),
        sum,
      }))
      return { ...definition, values: values.map(({ labels, value }) => ({ labels, value })), histograms }
    })
  }

  #record(metric: string, labels: Labels, value: number, buckets: readonly number[]): void {
    const series = seriesOf(this.#histograms, metric, labels, () => ({ labels, counts: [...buckets, 0].map(() => 0), sum: 0 }))
    const found = buckets.findIndex((bound) => value <= bound)
    const bucket = found < 0 ? buckets.length : found
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1
    series.sum += value
  }
}

function seriesOf<S>(all: Map<string, Map<string, S>>, metric: string, labels: Labels, make: () => S): S {
  const series = all.get(metric) ?? new Map<string, S>()
  all.set(metric, series)
  const key = JSON.stringify(Object.values(labels))
  const found = series.get(key) ?? make()
  series.set(key, found)
  return found
}
