import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Puts lines between `<!-- name -->` and `<!-- /name -->` of a page of the docs. */
export function put(name: string, lines: readonly string[], of = 'performance.md'): void {
  const page = fileURLToPath(new URL(`../docs/${of}`, import.meta.url))
  const text = readFileSync(page, 'utf8')
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const [from, to] = [text.indexOf(open), text.indexOf(close)]
  if (from < 0 || to < from) throw new Error(`${page} has no place for ${open}`)
  writeFileSync(page, `${text.slice(0, from + open.length)}\n\n${lines.join('\n')}\n\n${text.slice(to)}`)
}

/** A table of Markdown; `|` in cells is escaped. Columns after the first are aligned to the right where `numbers`. */
export function markdownTable(head: readonly string[], rows: readonly (readonly (string | number)[])[], numbers = true): string[] {
  const line = (cells: readonly (string | number)[]) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map((_, i) => (i > 0 && numbers ? '--:' : '---'))), ...rows.map(line)]
}
