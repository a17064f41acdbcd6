import { parser } from '@prometheus-io/lezer-promql'
import { catalogue, type MetricDefinition } from '@tickets/monitor'

type SyntaxNode = ReturnType<typeof parser.parse>['topNode']

const definitions: readonly MetricDefinition[] = catalogue
const labelsOf = new Map<string, readonly string[]>(
  definitions.map(({ name, labels, type }) => (type === 'histogram' ? [`${name}_bucket`, [...labels, 'le']] : [name, labels])),
)

/** The metrics of the catalogue that a query reads, each once. */
export const metricsOf = (expr: string): string[] => [...new Set(selectorsOf(parsed(expr), expr).map(({ metric }) => metric))]

/**
 * Returns what a query names that the catalogue lacks: metrics, labels in selectors, and labels that an aggregation groups by although a metric
 * below it has none. Text that Prometheus would not parse is an error, too.
 */
export function unknownNames(expr: string): string[] {
  const tree = parsed(expr)
  const selectors = selectorsOf(tree, expr).flatMap(({ metric, labels }) =>
    labelsOf.has(metric) ? labels.filter((label) => !labelsOf.get(metric)?.includes(label)).map((label) => `${metric}{${label}}`) : [metric],
  )
  const grouped = all(tree, 'AggregateExpr').flatMap((aggregate) => {
    const by = all(aggregate.getChild('AggregateModifier'), 'LabelName').map((label) => textOf(label, expr))
    return selectorsOf(aggregate, expr).flatMap(({ metric }) =>
      by.filter((label) => !labelsOf.get(metric)?.includes(label)).map((label) => `by (${label}) of ${metric}`),
    )
  })
  return [...selectors, ...grouped]
}

/** Parses as Prometheus does, with a window in the place of the one that Grafana fills in. */
function parsed(expr: string): SyntaxNode {
  const text = expr.replaceAll('$__rate_interval', '5m'.padEnd('$__rate_interval'.length))
  const tree = parser.parse(text).topNode
  if (all(tree, '⚠').length > 0) throw new Error(`this is no PromQL: ${expr}`)
  return tree
}

function selectorsOf(node: SyntaxNode, expr: string): { metric: string; labels: string[] }[] {
  return all(node, 'VectorSelector').map((selector) => ({
    metric: textOf(selector.getChild('Identifier'), expr),
    labels: all(selector, 'LabelName').map((label) => textOf(label, expr)),
  }))
}

const textOf = (node: SyntaxNode | null, expr: string): string => (node ? expr.slice(node.from, node.to) : '')

/** All nodes of a kind below one, itself included. */
function all(node: SyntaxNode | null, kind: string): SyntaxNode[] {
  const found: SyntaxNode[] = []
  node?.cursor().iterate((at) => {
    if (at.name === kind) found.push(at.node)
  })
  return found
}
