import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { alerts, runbookOf } from '../packages/monitor/operations/alerts.ts'
import { dashboard } from '../packages/monitor/operations/dashboard.ts'
import { rulesFile } from '../packages/monitor/operations/rules-file.ts'
import { root } from '../test/repo/files.ts'
import { table, withSection } from './monitor-docs.ts'

const PAGE = 'docs/operations/alerts.md'

/** The files for Prometheus and Grafana, and the page, as the descriptions are now; packages/monitor/test/operations fails where they are old. */
export const operations: Readonly<Record<string, string>> = {
  'packages/monitor/operations/alerts.yaml': rulesFile(alerts),
  'packages/monitor/operations/dashboard.json': `${JSON.stringify(dashboard(), null, 2)}\n`,
  [PAGE]: withAlerts(readFileSync(join(root, PAGE), 'utf8')),
}

function withAlerts(page: string): string {
  const rows = alerts.map((alert) => [`[${alert.name}](${runbookOf(alert).replace('docs/operations/', '')})`, alert.severity, `${alert.fires}.`])
  const all = table(['alert', 'severity', 'fires when'], rows)
  return withSection(page, 'alerts', all)
}

if (process.argv[1] === import.meta.filename) {
  for (const [path, text] of Object.entries(operations)) await writeFile(join(root, path), text)
}
