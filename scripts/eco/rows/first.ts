import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { blocks } from '../../../test/packaging/blocks.ts'
import { create, makeShell, publishAll, rowsIn } from '../../../test/packaging/create.ts'
import { startRegistry } from '../../../test/packaging/local.ts'
import { pack } from '../../../test/packaging/project.ts'
import { demand, type Row, within } from '../check.ts'
import { inFolder, runs, script, tests } from '../tools.ts'

const first = blocks.find(({ name }) => name.startsWith('README.md:'))

/** Rows 1, 2 and 4: the first screen, the first result, and the templates. */
export const firstRows: readonly Row[] = [
  {
    number: 1,
    title: "README's first screen",
    checks: [
      {
        what: 'the first block starts by line 15, with at most 10 lines and 6 imported names',
        async run() {
          demand(first !== undefined, 'the README has no block of code')
          const line = Number(first.name.split(':')[1])
          const lines = first.code.split('\n').filter((text) => text.trim() !== '').length
          const names = [...first.code.matchAll(/^import (?:type )?\{([^}]*)\}/gm)].flatMap(([, list = '']) =>
            list.split(',').filter((name) => name.trim() !== ''),
          )
          const found = `line ${line}, ${lines} lines, ${names.length} names`
          demand(line <= 15 && lines <= 10 && names.length <= 6 && names.length > 0, found)
          return found
        },
      },
      {
        what: 'it names no broker and no service',
        async run() {
          const named = /kafka|localhost|:\/\/|docker/i.exec(first?.code ?? '')
          demand(named === null, `it names ${named?.[0]}`)
          return 'it names none'
        },
      },
      {
        what: 'run from the tarballs in an empty folder, it prints what stands below it, byte for byte',
        run: () =>
          inFolder(async (folder) => {
            demand(first?.prints != null, 'nothing stands below it')
            const tarballs = [await pack('core', folder), await pack('sinks', folder)]
            await writeFile(join(folder, 'package.json'), '{ "private": true }\n')
            await runs('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...tarballs, 'rxjs', 'zod'], { cwd: folder })
            await writeFile(join(folder, 'first.mjs'), first.code)
            const { stdout } = await runs(process.execPath, ['first.mjs'], { cwd: folder })
            demand(stdout === `${first.prints}\n`, `it prints ${JSON.stringify(stdout)}, the README has ${JSON.stringify(first.prints)}`)
            return JSON.stringify(stdout)
          }),
      },
    ],
  },
  {
    number: 2,
    title: 'Time to first result',
    checks: [
      {
        what: 'npm create tickets-app@latest demo -- --yes ends with rows that DuckDB reads: 90 s with an empty cache, then 30 s',
        run: () =>
          inFolder(async (home) => {
            const local = await startRegistry()
            try {
              await publishAll(local, home)
              const shell = await makeShell(home, 'npm', '24', local.url)
              const cache = {
                ...shell,
                run: (...[program, args, cwd]: Parameters<typeof shell.run>) =>
                  shell.run(program, args, cwd, { npm_config_cache: join(home, 'cache') }),
              }
              const timed: number[] = []
              for (const name of ['cold', 'warm']) {
                const began = performance.now()
                const said = await create(cache, name, [], home)
                timed.push((performance.now() - began) / 1000)
                demand(said.includes('DuckDB reads'), `it did not read back: ${said}`)
                demand((await rowsIn(join(home, name, 'data/orders/*.parquet'))) === 10_000, 'DuckDB does not count 10,000 orders')
              }
              const [cold = 0, warm = 0] = timed
              return `cold ${within(cold, 90, 's')}, warm ${within(warm, 30, 's')}`
            } finally {
              await local.stop()
            }
          }),
      },
    ],
    leftOut: ['a newcomer with a stop-watch: five people, an own operator and its test in at most 5 minutes'],
  },
  {
    number: 4,
    title: 'Template',
    checks: [
      { what: 'written offline within 3 s, without a question', run: () => tests(['test/packaging/create.ci.ts'], { ci: true, minutes: 10 }) },
      {
        what: '3 templates × npm, pnpm, yarn × Node 22, 24, 26: test green, start writes Parquet that DuckDB counts',
        async run() {
          const { stdout } = await script('create:matrix', [], 90)
          const [, passed, failed] = /(\d+) passed, (\d+) failed/.exec(stdout) ?? []
          // Yarn 1 is one more.
          demand(Number(passed) >= 27 && failed === '0', `${passed} passed, ${failed} failed`)
          return `${passed} passed, ${failed} failed`
        },
      },
    ],
  },
]
