import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { create, makeShell, publishAll } from '../../../test/packaging/create.ts'
import { startRegistry } from '../../../test/packaging/local.ts'
import { pack } from '../../../test/packaging/project.ts'
import { read } from '../../../test/repo/files.ts'
import { demand, type Row, within } from '../check.ts'
import { inFolder, median, runs, script, tests } from '../tools.ts'

const outside = ['apache-arrow', 'rxjs', 'zod', 'zod/*', 'node:*'].map((name) => `--external:${name}`)
const npm = ['install', '--no-audit', '--no-fund', '--loglevel=error']

/** Rows 15 and 16: what is in the packages, and how large it is. */
export const packageRows: readonly Row[] = [
  {
    number: 15,
    title: 'Package and API correctness',
    checks: [
      { what: 'the report of the public interface is that of the code', run: () => tests(['test/packaging/surface.ci.ts'], { ci: true }) },
      {
        what: 'publint and attw are content with each tarball',
        run: () => tests(['test/packaging/packed.ci.ts'], { ci: true, named: 'the tarball of', minutes: 15 }),
      },
      { what: 'no cycles, no files that nobody needs', run: () => tests(['test/repo/structure.test.ts', 'test/repo/arrows.test.ts']) },
      { what: 'knip finds nothing', run: () => tests(['test/packaging/unused.ci.ts'], { ci: true }) },
      { what: 'the consumer matrix', run: async () => (await script('matrix', [], 60)).stdout.trim().split('\n').at(-1) ?? '' },
    ],
  },
  {
    number: 16,
    title: 'Size and dependencies',
    checks: [
      {
        what: 'in a browser, from the tarball, without Arrow and peers: core, and windowed(tumbling()) with count alone',
        run: () =>
          inFolder(async (folder) => {
            await installed(folder, ['core'])
            const all = await bundled(folder, "export * from '@tickets/core'")
            const alone = await bundled(
              folder,
              "import { count, tumbling, windowed } from '@tickets/core'\nexport const minutes = windowed(tumbling({ size: '1m' }), { aggregate: { n: count() } })",
            )
            const figures = `core ${all.toFixed(1)} kB of at most 50, count by minute ${alone.toFixed(1)} kB of at most 12`
            demand(all <= 50 && alone <= 12, figures)
            return figures
          }),
      },
      {
        what: 'core has no dependencies of its own besides Arrow',
        async run() {
          const { dependencies = {} } = JSON.parse(read('packages/core/package.json')) as { dependencies?: Record<string, string> }
          const own = Object.keys(dependencies).filter((name) => name !== 'apache-arrow')
          demand(own.length === 0, own.join(', '))
          return 'none'
        },
      },
      {
        what: 'core, sinks and kafka-source with their peers: at most 30 packages and 40 MB; import within 80 ms',
        run: () =>
          inFolder(async (folder) => {
            await installed(folder, ['core', 'sinks', 'kafka-source'])
            const { stdout } = await runs('npm', ['ls', '--all', '--parseable'], { cwd: folder })
            const count = stdout.trim().split('\n').length - 1
            const size = (await sizeOf(join(folder, 'node_modules'))) / 1e6
            const imported = await importTime(folder)
            const figures = `${count} packages, ${size.toFixed(1)} MB, imported in ${imported.toFixed(0)} ms`
            demand(count <= 30 && size <= 40 && imported <= 80, figures)
            return figures
          }),
      },
      {
        what: 'type-check of the template within 3 s, as the middle of 3',
        run: () => inFolder(async (home) => within(await checkTime(home), 3, 's')),
      },
    ],
  },
]

/** Installs packed packages with their peers into a folder. */
async function installed(folder: string, names: readonly Parameters<typeof pack>[0][]): Promise<void> {
  const tarballs = await Promise.all(names.map((name) => pack(name, folder)))
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  await runs('npm', [...npm, ...tarballs, 'rxjs@7', 'zod@4'], { cwd: folder })
}

/** Returns the kilobytes of a bundle for browsers, minified and compressed. */
async function bundled(folder: string, code: string): Promise<number> {
  const tools = join(folder, 'tools')
  await mkdir(tools, { recursive: true })
  await writeFile(join(tools, 'package.json'), '{ "private": true }\n')
  await runs('npm', [...npm, 'esbuild@0.28'], { cwd: tools })
  await writeFile(join(folder, 'entry.js'), code)
  await runs(join(tools, 'node_modules/.bin/esbuild'), ['entry.js', '--bundle', '--minify', '--format=esm', '--outfile=out.js', ...outside], {
    cwd: folder,
  })
  return gzipSync(await readFile(join(folder, 'out.js')), { level: 9 }).length / 1000
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const sizes = await Promise.all(
    entries.filter((entry) => entry.isFile()).map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** Returns the milliseconds that importing core and sinks takes, as the middle of 5 processes. */
async function importTime(folder: string): Promise<number> {
  const code =
    "const began = performance.now(); await import('@tickets/core'); await import('@tickets/sinks'); console.log(performance.now() - began)"
  const taken: number[] = []
  for (let i = 0; i < 5; i++) taken.push(Number((await runs(process.execPath, ['--input-type=module', '-e', code], { cwd: folder })).stdout))
  return median(taken)
}

/** Returns the seconds that the type-check of a new project takes, as the middle of 3. */
async function checkTime(home: string): Promise<number> {
  const local = await startRegistry()
  try {
    await publishAll(local, home)
    await create(await makeShell(home, 'npm', '24', local.url), 'demo', ['--no-start'], home)
    const taken: number[] = []
    for (let i = 0; i < 3; i++) taken.push((await runs(process.execPath, ['node_modules/typescript/bin/tsc'], { cwd: join(home, 'demo') })).seconds)
    return median(taken)
  } finally {
    await local.stop()
  }
}
