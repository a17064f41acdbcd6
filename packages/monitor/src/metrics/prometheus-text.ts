import type { Labels } from '../catalogue/catalogue.ts'
import type { Metrics } from './metrics.ts'
import type { HistogramSeries, MetricFamily } from './store.ts'

/** The media type of the exposition format. */
export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/**
 * Returns metrics in Prometheus' exposition format, version 0.0.4. Metrics without a series are left out.
 *
 * @example
 * prometheusText(watched) // '# HELP tickets_up 1 while …\n# TYPE tickets_up gauge\ntickets_up{pipeline="lake"} 1\n…'
 */
export const prometheusText = (metrics: Pick<Metrics, 'read'>): string => metrics.read().flatMap(linesOf).join('')

function linesOf(family: MetricFamily): string[] {
  const { name, type, help, values, histograms, buckets = [] } = family
  if (values.length + histograms.length === 0) return []
  return [
    `# HELP ${name} ${escapeHelp(help)}\n`,
    `# TYPE ${name} ${type}\n`,
    ...values.map(({ labels, value }) => line(name, labels, value)),
    ...histograms.flatMap((series) => histogramLines(name, buckets, series)),
  ]
}

/** Buckets add up: each has the observations of those before it, too. */
function histogramLines(name: string, bounds: readonly number[], { labels, counts, count, sum }: HistogramSeries): string[] {
  let total = 0
  const buckets = [...bounds, Number.POSITIVE_INFINITY].map((bound, i) => {
    total += counts[i] ?? 0
    return line(`${name}_bucket`, { ...labels, le: numberOf(bound) }, total)
  })
  return [...buckets, line(`${name}_sum`, labels, sum), line(`${name}_count`, labels, count)]
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`)
  return `${name}{${pairs.join(',')}} ${numberOf(value)}\n`
}

const escapeHelp = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
const escapeLabel = (text: string) => escapeHelp(text).replaceAll('"', '\\"')

function numberOf(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value)
}
