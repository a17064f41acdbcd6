import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Application } from 'typedoc'
import { publicEntries } from '../../test/repo/exported.ts'
import { root } from '../../test/repo/files.ts'

/** The name that a reader imports an entry by, from its source. */
const importName = (path: string): string => path.replace(/^packages\/([^/]+)\/src\//, '@tickets/$1/').replace(/(\/index)?\.ts$/, '')

/** TypeDoc reads the entries that its TypeScript program names. */
async function configOf(entries: readonly string[], to: string): Promise<string> {
  const path = join(to, 'tsconfig.json')
  const config = { extends: join(root, 'tsconfig.json'), compilerOptions: { stripInternal: true, rootDir: root }, include: [], files: entries }
  await writeFile(path, JSON.stringify(config))
  return path
}

/** Writes the API reference of the packages, one page for each export, from their doc comments; returns the names of the entries. */
export async function writeApi(pages: string): Promise<string[]> {
  const entries = publicEntries()
  const sources = entries.map((path) => join(root, path))
  const app = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown', 'typedoc-vitepress-theme'],
    entryPoints: sources,
    tsconfig: await configOf(sources, pages),
    // The repository type-checks them already.
    skipErrorChecking: true,
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    disableSources: true,
    readme: 'none',
    name: 'API reference',
    out: join(pages, 'api'),
    logLevel: 'Error',
    ...({
      docsRoot: pages,
      router: 'member',
      hidePageHeader: true,
      useCodeBlocks: true,
      parametersFormat: 'table',
      interfacePropertiesFormat: 'table',
    } as object),
  })
  const project = await app.convert()
  if (!project) throw new Error('typedoc found nothing')
  for (const module of project.children ?? []) module.name = `@tickets/${module.name.replace('/src', '')}`
  await app.generateOutputs(project)
  return entries.map(importName)
}

/** Gives each page a title that a search finds: `tumbling()`, not `Function: tumbling()`. */
export async function plainTitles(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace(/^# \w[\w ]*: (.+)$/m, '# $1'))
  }
}
