import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { recipes } from '../test/packaging/recipes.ts'
import { root } from '../test/repo/files.ts'
import { table } from './monitor-docs.ts'

// Writes the list of recipes into docs/recipes.md; test/repo/recipes.test.ts fails where it is old.
export const PAGE = 'docs/recipes.md'

/** The page with the recipes as they are now. */
export function recipesPage(): string {
  const rows = recipes.map(({ path, title }) => [`[${title.replace(/[.:]$/, '')}](../${path})`])
  return `# Recipes

Each is a file of at most 40 lines that runs as it is: copy it into an empty folder, install \`@tickets/core @tickets/sinks rxjs zod\`, and run it with Node 24, which takes the types away. CI runs all of them
from the packed packages, and checks their files with DuckDB by the query in their first lines.

${table(['recipe'], rows)}\n`
}

if (process.argv[1] === import.meta.filename) await writeFile(join(root, PAGE), recipesPage())
