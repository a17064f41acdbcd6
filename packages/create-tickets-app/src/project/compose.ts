import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Choices, databasesOf, needsServices } from '../answers/choices.ts'
import type { Manager } from './manager.ts'
import { fill, keepMarked } from './markers.ts'

/** What a project is made from. */
export interface ProjectParts {
  readonly name: string
  readonly choices: Choices
  readonly manager: Manager
  /** The folder of the templates: one folder a part. */
  readonly templates: string
  /** The version of the @tickets packages. */
  readonly version: string
}

/** Returns the folders of templates whose files a project gets, in their order. */
export function partsOf({ choices, manager }: Pick<ProjectParts, 'choices' | 'manager'>): string[] {
  const { source, dashboard } = choices
  const databases = databasesOf(choices)
  return [
    'base',
    source,
    ...(source === 'json-lines' ? [] : ['sample']),
    ...(needsServices(choices) ? ['services'] : []),
    ...databases,
    ...(databases.length > 0 ? ['database'] : []),
    ...(dashboard ? ['dashboard'] : []),
    ...(manager.name === 'yarn' ? ['yarn'] : []),
  ]
}

/** Returns the files of a project by their paths. Files of the same path are the same file, but for `package.json`, whose parts are added up. */
export async function compose(parts: ProjectParts): Promise<Map<string, string>> {
  const { name, choices, manager, templates, version } = parts
  const features = new Set<string>([choices.source, ...choices.sinks, manager.name, ...(choices.dashboard ? ['dashboard'] : [])])
  const values = {
    name,
    version: `^${version}`,
    run: `${manager.name} run`,
    // The services of the compose file.
    databases: databasesOf(choices)
      .map((sink) => (sink === 'mysql' ? 'mariadb' : sink))
      .join(' '),
    'install-locked': manager.installLocked,
    'install-production': manager.installProduction,
  }
  const files = new Map<string, string>()
  for (const part of partsOf(parts)) {
    for (const [path, text] of await filesIn(join(templates, part))) {
      const own = fill(keepMarked(text, features), values).replaceAll(/\n{3,}/g, '\n\n')
      const before = files.get(path)
      files.set(path, before === undefined || path !== 'package.json' ? own : addedUp(before, own))
    }
  }
  return files
}

/** Walks by itself: where Yarn reads the package from its archive, a recursive listing does not say in which folder a file is. */
async function filesIn(folder: string, below = ''): Promise<[string, string][]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true })
  const found = entries.map(async (entry): Promise<[string, string][]> => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    return entry.isDirectory() ? filesIn(folder, path) : [[nameOf(path), await readFile(join(folder, path), 'utf8')]]
  })
  return (await Promise.all(found)).flat().sort(([one], [other]) => (one < other ? -1 : 1))
}

/** A package loses files such as `.gitignore` when it is published, so that they have another name there. */
const nameOf = (path: string) => path.replace(/^_/, '.')

type Manifest = Record<string, string | Record<string, string>>

/** Adds the scripts and dependencies of a part to those of another, sorted by name as npm does. */
function addedUp(before: string, more: string): string {
  const all = JSON.parse(before) as Manifest
  for (const [key, value] of Object.entries(JSON.parse(more) as Manifest)) {
    const both = { ...(all[key] as Record<string, string>), ...(value as Record<string, string>) }
    all[key] = key === 'scripts' ? both : Object.fromEntries(Object.entries(both).sort(([a], [b]) => (a < b ? -1 : 1)))
  }
  return `${JSON.stringify(all, null, 2)}\n`
}
