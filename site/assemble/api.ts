import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Application } from 'typedoc'
import { root } from '../../test/repo/files.ts'

/** The public entries, as a reader imports them: their name → their source. */
async function entriesOf(): Promise<Map<string, string>> {
  const entries = new Map<string, string>()
  for (const name of await readdir(join(root, 'packages'))) {
    const { exports = {} } = JSON.parse(await readFile(join(root, 'packages', name, 'package.json'), 'utf8')) as { exports?: Record<string, unknown> }
    for (const key of Object.keys(exports).filter((entry) => !/\.(js|json)$/.test(entry) && !['./internal', './kernels'].includes(entry)))
      entries.set(`@tickets/${name}${key.slice(1)}`, join(root, 'packages', name, 'src', `${key === '.' ? 'index' : key.slice(2)}.ts`))
  }
  return entries
}

/** TypeDoc reads the entries that its TypeScript program names. */
async function configOf(entries: readonly string[], to: string): Promise<string> {
  const path = join(to, 'tsconfig.json')
  const config = { extends: join(root, 'tsconfig.json'), compilerOptions: { stripInternal: true, rootDir: root }, include: [], files: entries }
  await writeFile(path, JSON.stringify(config))
  return path
}

/** Writes the API reference of the packages, one page for each export, from their doc comments; returns the names of the entries. */
export async function writeApi(pages: string): Promise<string[]> {
  const entries = await entriesOf()
  const app = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown', 'typedoc-vitepress-theme'],
    entryPoints: [...entries.values()],
    tsconfig: await configOf([...entries.values()], pages),
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
  return [...entries.keys()]
}

/** Gives each page a title that a search finds: `tumbling()`, not `Function: tumbling()`. */
export async function plainTitles(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace(/^# \w[\w ]*: (.+)$/m, '# $1'))
  }
}
