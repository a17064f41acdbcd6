/** Writes the tables of flags into docs/operations/commands.md, below the heading of each command. */
import { readFileSync, writeFileSync } from 'node:fs'
import { commandList } from '../packages/cli/src/commands/list.ts'
import { configMarkdown } from '../packages/cli/src/config/help.ts'

/** A table of flags, or the line `FLAGS` where a new section is to get one. */
const TABLE = /^(?:\| flag .*\n(?:\|.*\n)+|FLAGS.*\n)/m

const path = new URL('../docs/operations/commands.md', import.meta.url)
let page = readFileSync(path, 'utf8')
for (const one of commandList) {
  const { name, flags, prefix } = await one.load({ print: () => {} })
  const table = configMarkdown(flags, { prefix })
  const [before = '', section = ''] = page.split(`\n## tickets ${name}\n`)
  if (section === '') throw new Error(`docs/operations/commands.md has no section "## tickets ${name}"`)
  const [own = '', ...rest] = section.split(/(?=^## )/m)
  page = `${before}\n## tickets ${name}\n${own.replace(TABLE, () => table)}${rest.join('')}`
}
writeFileSync(path, page)
