import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ownDatabases } from '../../packages/sinks/test/databases.ts'
import { sharedBroker } from '../broker/shared.ts'
import { sharedRegistry } from '../registry/shared.ts'
import { read, root } from '../repo/files.ts'
import { blocks } from './blocks.ts'
import { entries, makeProject, manifest, type Project, packages, sh } from './project.ts'
import { checked, recipes, runRecipes } from './recipes.ts'

/** What stands for a schema registry in the docs. */
const REGISTRY = 'http://localhost:8081'
const bin = (name: string) => join(root, 'node_modules/.bin', name)
const brokers = await sharedBroker('the code blocks that need Kafka')
/** The databases of the docs. */
const addresses = { mysql: 'mysql://app:secret@localhost/shop', postgres: 'postgres://app:secret@localhost/support' }
/** Some for each Node: a table belongs to one log. */
const databases = { current: await ownDatabases('the code blocks'), '22.12': await ownDatabases('the code blocks') }
const registry = blocks.some(({ code }) => code.includes(REGISTRY)) ? await sharedRegistry('the code blocks that need a schema registry') : null
let project: Project

beforeAll(async () => {
  project = await makeProject()
}, 300_000)

afterAll(async () => {
  if (project) await rm(dirname(project.folder), { recursive: true, force: true })
})

describe.each(packages)('the tarball of %s', (name) => {
  test('is clean by publint and attw', async () => {
    await sh(bin('publint'), ['run', '--strict', project.tarballs[name]], root)
    await sh(bin('attw'), ['--profile', 'esm-only', project.tarballs[name]], root)
  })

  test('has what is built and nothing else, with real versions', async () => {
    const { version, dependencies = {}, peerDependencies = {} } = await manifest(project, `@tickets/${name}`)
    const ranges = Object.values({ ...dependencies, ...peerDependencies })
    expect(ranges.filter((range) => !/^[~^]?\d/.test(range))).toEqual([])
    if (name !== 'core') expect(peerDependencies['@tickets/core']).toBe(`^${version}`)
    const folder = join(project.folder, 'node_modules/@tickets', name)
    expect((await readdir(folder)).sort()).toEqual([
      'LICENSE',
      'README.md',
      'SKILL.md',
      'dist',
      ...(name === 'monitor' ? ['operations'] : []),
      'package.json',
    ])
    const built = await readdir(join(folder, 'dist'), { recursive: true })
    expect(built.filter((path) => /\.(map|tsbuildinfo)$/.test(path))).toEqual([])
  })

  test('says where it comes from, and only what users need', async () => {
    const { homepage, bugs, repository, ...said } = await manifest(project, `@tickets/${name}`)
    const product = JSON.parse(read('product.json'))
    const origin = { type: 'git', url: `git+${product.repository}.git`, directory: `packages/${name}` }
    expect({ homepage, bugs, repository }).toEqual({ homepage: product.homepage, bugs: { url: product.bugs }, repository: origin })
    expect(said).toMatchObject({ license: 'MIT', publishConfig: { access: 'public', provenance: true } })
    expect(Object.keys(said).filter((field) => ['scripts', 'devDependencies'].includes(field))).toEqual([])
  })
})

test('the monitor comes with its rules and its dashboard', async () => {
  expect((await readdir(join(project.folder, 'node_modules/@tickets/monitor/operations'))).sort()).toEqual(['alerts.yaml', 'dashboard.json'])
})

test('there is one core, one rxjs and one zod in the project', async () => {
  const all = JSON.parse(await sh('npm', ['ls', '--all', '--json', '@tickets/core', 'rxjs', 'zod'], project.folder)) as { problems?: string[] }
  expect(all.problems ?? []).toEqual([])
  const nested = (await readdir(join(project.folder, 'node_modules'), { recursive: true })).filter((path) =>
    /node_modules\/(@tickets\/core|rxjs|zod)$/.test(path),
  )
  expect(nested).toEqual([])
})

describe.each(['current', '22.12'] as const)('on Node %s', (version) => {
  test('it is that Node', async () => {
    expect(await sh(project.nodes[version], ['-v'], project.folder)).toMatch(version === '22.12' ? /^v22\.12\./ : /^v2[4-9]\./)
  })

  test.each(entries)('%s is imported, and required', async (entry) => {
    const node = project.nodes[version]
    const names = await sh(node, ['--input-type=module', '-e', `console.log(Object.keys(await import('${entry}')).length)`], project.folder)
    expect(Number(names)).toBeGreaterThan(0)
    expect(await sh(node, ['--input-type=commonjs', '-e', `console.log(Object.keys(require('${entry}')).length)`], project.folder)).toBe(names)
  })
})

describe('recipes', () => {
  let said: ReadonlyMap<string, string>

  beforeAll(async () => {
    said = await runRecipes(project)
  }, 300_000)

  test.each(recipes.map((recipe) => [recipe.name, recipe] as const))('%s gives what it says', async (name, recipe) => {
    if (recipe.check) expect(await checked(project, recipe)).toBe(recipe.check.gives)
    else expect(said.get(name)).toBe(recipe.prints)
  })
})

describe('code in the docs', () => {
  beforeAll(async () => {
    // The blocks that read `client_tickets` find tickets there.
    if (brokers) await sh(process.execPath, ['examples/produce.ts', '--brokers', brokers.join(','), '--tickets', '1000'], root)
    if (databases.current.length > 0) await sh('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', 'mysql2@3', 'pg@8'], project.folder)
    for (const { file, code } of blocks) {
      await mkdir(join(project.folder, 'blocks', file), { recursive: true })
      await writeFile(join(project.folder, 'blocks', file, 'block.ts'), code)
    }
  })

  test('there is some', () => expect(blocks.length).toBeGreaterThan(4))

  test('all of it type-checks against the packed types, libraries included', async () => {
    const options = { strict: true, target: 'ES2022', lib: ['ES2023'], module: 'NodeNext', types: ['node'], noEmit: true, skipLibCheck: false }
    await writeFile(join(project.folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['blocks'] }))
    await sh(bin('tsc'), ['-p', project.folder], project.folder)
  })

  describe.each(['current', '22.12'] as const)('runs on Node %s', (version) => {
    for (const block of blocks) {
      const needsBroker = block.code.includes('localhost:9092')
      const found = new Map(databases[version].map(({ kind, url }) => [addresses[kind], url]))
      const misses = Object.values(addresses).some((address) => block.code.includes(address) && !found.has(address))
      const needsRegistry = block.code.includes(REGISTRY)
      test.skipIf(block.why !== null || (needsBroker && !brokers) || misses || (needsRegistry && !registry))(
        block.why ? `${block.name} (type-checked only: ${block.why})` : block.name,
        async () => {
          // Each in a folder of its own, since they write to data/.
          const cwd = join(project.folder, 'blocks', block.file, version)
          await mkdir(cwd, { recursive: true })
          const { outputText } = ts.transpileModule(
            [...found].reduce(
              (code, [address, url]) => code.replaceAll(address, url),
              block.code.replaceAll('localhost:9092', brokers?.[0] ?? '').replaceAll(REGISTRY, registry ?? ''),
            ),
            {
              compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
            },
          )
          // A group id of its own: a group belongs to one log.
          await writeFile(join(cwd, 'block.mjs'), outputText.replaceAll(/groupId: '([^']+)'/g, `groupId: '$1-${version}-${block.file}'`))
          const said = await sh(project.nodes[version], ['block.mjs'], cwd)
          if (block.prints !== null) expect(said.trimEnd()).toBe(block.prints.trimEnd())
        },
      )
    }
  })
})
