import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { catalogue, labelHelp } from '../packages/monitor/src/catalogue/catalogue.ts'
import type { MetricDefinition } from '../packages/monitor/src/catalogue/definition.ts'
import { root } from '../test/repo/files.ts'

// Writes the tables of metrics and labels into docs/operations/monitor.md; test/repo/monitor.test.ts fails where they are old.
export const PAGE = 'docs/operations/monitor.md'

/** The page with the tables as the catalogue is now. */
export function withMetrics(page: string): string {
  const [metrics, labels] = [metricsTable(catalogue), labelsTable()]
  return withSection(page, 'metrics', `${metrics}\n\n${labels}`)
}

function metricsTable(all: readonly MetricDefinition[]): string {
  const rows = all.map((one) => [
    `\`${one.name}\``,
    one.type,
    one.labels
      .slice(1)
      .map((label) => `\`${label}\``)
      .join(', '),
    `${one.help}.`,
  ])
  return table(['metric', 'type', 'labels beside `pipeline`', 'what it says'], rows)
}

const labelsTable = () =>
  table(
    ['label', 'what it is'],
    Object.entries(labelHelp).map(([label, help]) => [`\`${label}\``, help]),
  )

/** The page with a text between `<!-- name: … -->` and `<!-- /name -->`. */
export function withSection(page: string, name: string, text: string): string {
  const section = new RegExp(`(<!-- ${name}:[^>]*-->\\n)[\\s\\S]*?(<!-- /${name} -->)`)
  if (!section.test(page)) throw new Error(`the page has no place for the section "${name}"`)
  return page.replace(section, (_, begin: string, end: string) => `${begin}\n${text}\n\n${end}`)
}

/** A Markdown table whose columns are aligned. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows]
  const widths = head.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)))
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

if (process.argv[1] === import.meta.filename) {
  const path = join(root, PAGE)
  await writeFile(path, withMetrics(await readFile(path, 'utf8')))
}
