import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { commandList } from '../packages/cli/src/commands/list.ts'
import { configMarkdown } from '../packages/cli/src/config/help.ts'
import { root } from '../test/repo/files.ts'

// Writes the tables of flags into docs/operations/commands.md, below the heading of each command.
export const PAGE = 'docs/operations/commands.md'

/** A table of flags, or the line `FLAGS` where a new section is to get one. */
const TABLE = /^(?:\| flag .*\n(?:\|.*\n)+|FLAGS.*\n)/m

/** The page with the tables as the commands are now. */
export async function withFlags(page: string): Promise<string> {
  let text = page
  for (const one of commandList) {
    const { name, flags, prefix } = await one.load({ print: () => {} })
    const table = configMarkdown(flags, { prefix })
    const [before = '', section = ''] = text.split(`\n## tickets ${name}\n`)
    if (section === '') throw new Error(`${PAGE} has no section "## tickets ${name}"`)
    const [own = '', ...rest] = section.split(/(?=^## )/m)
    text = `${before}\n## tickets ${name}\n${own.replace(TABLE, () => table)}${rest.join('')}`
  }
  return text
}

if (import.meta.main) writeFileSync(join(root, PAGE), await withFlags(readFileSync(join(root, PAGE), 'utf8')))
