import type { catalogue, MetricName } from '../src/catalogue/catalogue.ts'
import type { Label } from '../src/catalogue/definition.ts'

/** The labels that a metric has. */
export type LabelOf<N extends MetricName> = Extract<(typeof catalogue)[number], { readonly name: N }>['labels'][number]

/** Label → operator and value, such as `!="TASK_LOST"`. */
export type Matchers<N extends MetricName> = { readonly [L in LabelOf<N>]?: string }

/**
 * Returns the selector of a metric. The compiler refuses metrics and labels that the catalogue lacks.
 *
 * @example
 * selector('tickets_retries_total', { code: '!="TASK_LOST"' }) // 'tickets_retries_total{code!="TASK_LOST"}'
 */
export function selector<N extends MetricName>(name: N, matchers: Matchers<N> = {}): string {
  return selected(name, matchers)
}

/** Returns the selector of a histogram's buckets. */
export function buckets<N extends MetricName>(name: N, matchers: Matchers<N> = {}): string {
  return selected(`${name}_bucket`, matchers)
}

function selected(name: string, matchers: Readonly<Record<string, string | undefined>>): string {
  const all = Object.entries(matchers).map(([label, value]) => `${label}${value}`)
  return all.length === 0 ? name : `${name}{${all.join(', ')}}`
}

export const sumBy = (labels: readonly Label[], of: string): string => `sum by (${labels.join(', ')}) (${of})`

export const maxBy = (labels: readonly Label[], of: string): string => `max by (${labels.join(', ')}) (${of})`

/**
 * Returns by how much a counter grew in a window. A series that had no sample in the window before counts whole: `increase` alone does not see its
 * first value, and counters of faults begin with their first fault. One scrape that fails makes no series young.
 */
export const grown = (counter: string, window: string): string =>
  `${counter} unless last_over_time(${counter}[${window}] offset ${window}) or increase(${counter}[${window}])`
