import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { settingsTable } from '../examples/shared/settings.ts'

// Writes the table of what the examples take into docs/reference/configuration.md; test/examples/config-docs.test.ts fails where it is old.
const path = join(resolve(import.meta.dirname, '..'), 'docs/reference/configuration.md')

/** The documentation with the table as the schema is now. */
export function withTable(text: string): string {
  return text.replace(
    /(<!-- settings:[^>]*-->\n)[\s\S]*?(<!-- \/settings -->)/,
    (_, begin: string, end: string) => `${begin}\n${settingsTable()}\n${end}`,
  )
}

if (process.argv[1] === import.meta.filename) await writeFile(path, withTable(await readFile(path, 'utf8')))
