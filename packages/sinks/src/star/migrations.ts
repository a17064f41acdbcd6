import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { TicketsError } from '@tickets/core'

/** One file of SQL, applied once. */
export interface Migration {
  readonly version: number
  readonly name: string
  readonly checksum: string
  readonly statements: readonly string[]
}

/** The statements of a file: each ends with `;` at the end of a line; lines that begin with `--` are comments. */
function statementsOf(text: string): string[] {
  const code = text.replaceAll(/^\s*--.*$/gm, '')
  return code
    .split(/;[ \t]*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}

/** Returns the files `<number>_<name>.sql` of a folder, in the order of their numbers. */
export async function readMigrations(folder: URL): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  const found = await Promise.all(
    names.map(async (name) => {
      const version = Number(/^(\d+)_/.exec(name)?.[1])
      // Line ends change on the way through some tools, and mean nothing.
      const text = (await readFile(new URL(name, folder), 'utf8')).replaceAll('\r\n', '\n')
      return { version, name, checksum: createHash('sha256').update(text).digest('hex'), statements: statementsOf(text) }
    }),
  )
  found.sort((a, b) => a.version - b.version)
  const wrong = found.find(({ version }, i) => !Number.isSafeInteger(version) || version === found[i - 1]?.version)
  if (wrong) throw new TicketsError('OPTION_INVALID', `migrations are named <number>_<what>.sql, each with a number of its own; ${wrong.name} is not`)
  return found
}
