import { stringify } from 'yaml'
import { type Alert, runbookOf } from './alerts.ts'

/** Returns alerts as a file of rules for Prometheus. */
export function rulesFile(alerts: readonly Alert[]): string {
  const rules = alerts.map((alert) => ({
    alert: alert.name,
    expr: alert.expr,
    for: alert.for,
    labels: { severity: alert.severity },
    annotations: { summary: alert.summary, description: alert.description, runbook_url: runbookOf(alert) },
  }))
  return `# Written by scripts/operations.ts from packages/monitor/operations/alerts.ts\n${stringify({ groups: [{ name: 'tickets', rules }] }, { lineWidth: 0 })}`
}
