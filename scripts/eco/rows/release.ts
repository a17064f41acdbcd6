import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { daysIn } from '../../../site/assemble/ages.ts'
import { read, root, tracked } from '../../../test/repo/files.ts'
import { demand, type Row, within } from '../check.ts'
import { daysSince, inFolder, runs, script, tests } from '../tools.ts'

const workflows = tracked.filter((path) => /^\.github\/workflows\/.*\.ya?ml$/.test(path))

/** Rows 17, 18 and 19: what is supported, how it is released, and how a stranger takes part. */
export const releaseRows: readonly Row[] = [
  {
    number: 17,
    title: 'Supported runtimes and brokers',
    checks: [
      {
        what: 'a table in the docs, written by the run that tested it, at most 30 days ago',
        async run() {
          const passed = await tests(['test/repo/support.test.ts', 'test/site/ages.test.ts'])
          const [oldest] = daysIn(read('docs/reference/support.md'))
          demand(oldest !== undefined, 'docs/reference/support.md has no date')
          const open = read('docs/reference/support.md').match(/\| not tested/g)?.length ?? 0
          return `${passed}, ${within(daysSince(oldest), 30, 'days')}; ${open} combinations not tested yet`
        },
      },
      { what: 'the first block on Node 22, 24 and 26', run: () => tests(['test/packaging/first.ci.ts'], { ci: true, minutes: 15 }) },
      {
        what: 'macOS and Windows in the workflow',
        async run() {
          const text = workflows.map(read).join('\n')
          demand(
            /macos-/.test(text) && /windows-/.test(text),
            workflows.length === 0 ? 'there is no .github/workflows' : `not in ${workflows.join(', ')}`,
          )
          return workflows.join(', ')
        },
      },
    ],
    leftOut: ['macOS and Windows themselves'],
  },
  {
    number: 18,
    title: 'Release chain',
    checks: [
      {
        what: 'rehearsed offline within 3 minutes: version, pack, publish to a local registry, install, smoke',
        async run() {
          const { seconds } = await script('release:rehearse', [], 15)
          return within(seconds, 180, 's')
        },
      },
      {
        what: 'reproducible: two packs give the same bytes',
        run: () =>
          inFolder(async (folder) => {
            const sums: string[] = []
            for (const at of ['one', 'two']) {
              const to = join(folder, at)
              for (const name of ['core', 'sinks'])
                await runs('npx', ['-y', 'pnpm@12', 'pack', '--pack-destination', to], { cwd: join(root, 'packages', name) })
              sums.push((await runs('sh', ['-c', 'sha512sum *.tgz'], { cwd: to })).stdout)
            }
            demand(sums[0] === sums[1], `two packs differ:\n${sums.join('')}`)
            return 'core and sinks'
          }),
      },
      {
        what: 'licences of what production needs are on the list; SBOMs in both formats',
        async run() {
          const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
          const names = Object.keys(scripts).filter((name) => /licen[cs]e|sbom/.test(name))
          const files = tracked.filter((path) => /^scripts\/.*(licen[cs]e|sbom).*\.ts$/.test(path))
          demand(names.length > 0 || files.length > 0, 'there is no script for licences or an SBOM')
          return names.length === 0 ? files.join(', ') : `${(await Promise.all(names.map((name) => script(name)))).length} scripts`
        },
      },
      {
        what: 'actions are pinned by SHA, no token is named',
        async run() {
          demand(workflows.length > 0, 'there is no .github/workflows')
          const loose = workflows.flatMap((path) =>
            [...read(path).matchAll(/uses: (\S+)/g)]
              .map(([, used]) => used ?? '')
              .filter((used) => !used.startsWith('./') && !/@[0-9a-f]{40}$/.test(used)),
          )
          demand(loose.length === 0, `not pinned: ${loose.join(', ')}`)
          demand(!workflows.some((path) => /secrets\.NPM_TOKEN/.test(read(path))), 'a workflow names NPM_TOKEN')
          return workflows.join(', ')
        },
      },
    ],
    leftOut: ['publishing with OIDC, provenance and npm audit signatures: nothing is published from here', 'zizmor in the workflow of the release'],
  },
  {
    number: 19,
    title: 'Security policy and first contribution',
    checks: [
      {
        what: 'each line of the threat model names its test, and these pass',
        async run() {
          const [, table = ''] = read('docs/operations/threat-model.md').split('## Threats')
          const lines = (table.split(/^## /m)[0] ?? '')
            .split('\n')
            .filter((line) => line.startsWith('|'))
            .slice(2)
          const bare = lines.filter((line) => !/\.(test|ci)\.ts/.test(line)).map((line) => (line.split('|')[1] ?? '').replaceAll('*', '').trim())
          demand(lines.length > 10 && bare.length === 0, `${bare.length} of ${lines.length} lines name none: ${bare.slice(0, 4).join('; ')} …`)
          const named = [...read('docs/operations/threat-model.md').matchAll(/\]\(\.\.\/\.\.\/([^)]+\.test\.ts)\)/g)].map(([, path = '']) => path)
          return `${lines.length} lines; ${await tests(['test/repo/threat-model.test.ts', ...named], { minutes: 20 })}`
        },
      },
      {
        what: 'SECURITY.md',
        async run() {
          demand(existsSync(join(root, 'SECURITY.md')), 'there is none')
          return 'is there'
        },
      },
      {
        what: 'from a clone to the green test of a law within 3 minutes',
        run: () =>
          inFolder(async (folder) => {
            const clone = join(folder, 'clone')
            await runs('git', ['clone', '--quiet', '--depth', '1', `file://${root}`, clone])
            const began = performance.now()
            await runs('npx', ['-y', 'pnpm@12', 'install', '--frozen-lockfile'], { cwd: clone })
            await runs('node_modules/.bin/vitest', ['run', 'packages/core/src/operators/filter-rows.test.ts'], { cwd: clone })
            return within((performance.now() - began) / 1000, 180, 's')
          }),
      },
      {
        what: 'pnpm new operator NAME writes file, test, page, export and changeset, green at once',
        run: () =>
          inFolder(async (folder) => {
            const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
            demand('new' in scripts, 'package.json has no script "new"')
            const clone = join(folder, 'clone')
            await runs('git', ['clone', '--quiet', '--depth', '1', `file://${root}`, clone])
            await runs('npx', ['-y', 'pnpm@12', 'install', '--frozen-lockfile'], { cwd: clone })
            await runs('npx', ['-y', 'pnpm@12', 'new', 'operator', 'eco-sample'], { cwd: clone })
            const { stdout } = await runs('git', ['status', '--porcelain', '--untracked-files=all'], { cwd: clone })
            const spec = /(packages\/\S*eco-sample\.test\.ts)/.exec(stdout)?.[1]
            demand(spec !== undefined && /\.changeset\//.test(stdout) && /docs\//.test(stdout), `it wrote ${stdout}`)
            await runs('node_modules/.bin/vitest', ['run', spec], { cwd: clone })
            return `${stdout.trim().split('\n').length} files`
          }),
      },
    ],
    leftOut: ['strangers who add an operator in 15 minutes, 4 of 5'],
  },
]
