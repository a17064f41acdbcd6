import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import ts from 'typescript'
import { read, tracked } from '../repo/files.ts'
import { type Project, sh } from './project.ts'

/** A small program for one task, and how its result is checked: by DuckDB on its files, or by what it prints. */
export interface Recipe {
  readonly name: string
  readonly path: string
  /** What it does, in one sentence. */
  readonly title: string
  readonly code: string
  /** A query of its files and the row that it gives, its cells with a space between them. */
  readonly check: { readonly sql: string; readonly gives: string } | null
  readonly prints: string | null
}

/** All recipes, from the comments that they begin with. */
export const recipes: readonly Recipe[] = tracked
  .filter((path) => /^examples\/recipes\/[^/]+\.ts$/.test(path))
  .map((path) => {
    const code = read(path)
    const line = (name: string) => new RegExp(`^// ${name}: (.+)$`, 'm').exec(code)?.[1] ?? null
    const [sql, gives] = [line('check'), line('gives')]
    return {
      name: basename(path, '.ts'),
      path,
      title: /^\/\/ (.+)\n/.exec(code)?.[1] ?? '',
      code,
      check: sql !== null && gives !== null ? { sql, gives } : null,
      prints: line('prints'),
    }
  })

/**
 * Runs all recipes in one process of a project with the packed packages, each in a folder of its own; returns what each printed.
 *
 * @throws with what the process said, which names the recipe that failed
 */
export async function runRecipes({ folder }: Project): Promise<ReadonlyMap<string, string>> {
  const home = join(folder, 'recipes')
  for (const { name, code } of recipes) {
    await mkdir(join(home, name), { recursive: true })
    const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true }
    await writeFile(join(home, name, 'recipe.mjs'), ts.transpileModule(code, { compilerOptions }).outputText)
  }
  const all = JSON.stringify(recipes.map(({ name }) => name))
  await writeFile(
    join(home, 'all.mjs'),
    `const home = process.cwd()
for (const name of ${all}) {
  console.log('@' + name)
  process.chdir(home + '/' + name)
  await import(home + '/' + name + '/recipe.mjs')
}\n`,
  )
  const said = await sh(process.execPath, ['all.mjs'], home)
  return new Map(said.split(/^@/m).map((part) => [part.split('\n', 1)[0] ?? '', part.slice(part.indexOf('\n') + 1).trim()]))
}

/** Returns what a recipe's query gives. */
export async function checked({ folder }: Project, { name, check }: Recipe): Promise<string | null> {
  if (!check) return null
  const files = join(folder, 'recipes', name)
  const connection = await (await DuckDBInstance.create()).connect()
  const reader = await connection.runAndReadAll(check.sql.replaceAll(/'(data\/[^']*)'/g, (_, path) => `'${files}/${path}'`))
  connection.closeSync()
  return reader
    .getRowsJson()
    .map((row) => row.join(' '))
    .join('\n')
}
