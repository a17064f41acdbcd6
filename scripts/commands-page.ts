/** Writes the tables of flags into docs/operations/commands.md, below the heading of each command. */
import { readFileSync, writeFileSync } from 'node:fs'
import { commands } from '../packages/cli/src/commands/tickets.ts'
import { configMarkdown } from '../packages/cli/src/config/help.ts'

const path = new URL('../docs/operations/commands.md', import.meta.url)
let page = readFileSync(path, 'utf8')
for (const { name, flags, prefix } of commands(() => {})) {
  const table = configMarkdown(flags, { prefix })
  const [before = '', section = ''] = page.split(`\n## tickets ${name}\n`)
  if (section === '') throw new Error(`docs/operations/commands.md has no section "## tickets ${name}"`)
  const [own = '', ...rest] = section.split(/(?=^## )/m)
  const filled = /^\| flag .*\n(\|.*\n)+/m.test(own) ? own.replace(/^\| flag .*\n(\|.*\n)+/m, () => table) : own.replace(/^FLAGS.*\n/m, () => table)
  page = `${before}\n## tickets ${name}\n${filled}${rest.join('')}`
}
writeFileSync(path, page)
