import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { blocks } from '../../../test/packaging/blocks.ts'
import { makeProject } from '../../../test/packaging/project.ts'
import { recipes } from '../../../test/packaging/recipes.ts'
import { read, root, tracked } from '../../../test/repo/files.ts'
import { demand, type Row, within } from '../check.ts'
import { run, runs, script, tests } from '../tools.ts'

const MOST_WORDS = 1200
const pages = tracked.filter((path) => /^docs\/.*\.md$/.test(path))
const wordsIn = (path: string) =>
  read(path)
    .replaceAll(/```[\s\S]*?```/g, '')
    .split(/\s+/)
    .filter((word) => /\w/.test(word)).length

/** Rows 3, 5, 6 and 7: code in the docs, recipes, the site and the reference. */
export const docsRows: readonly Row[] = [
  {
    number: 3,
    title: 'README and docs code runs as shown',
    checks: [
      {
        what: 'every block of TypeScript runs from the packed tarballs, or is type-checked with a reason',
        async run() {
          const passed = await tests(['test/packaging/packed.ci.ts'], { ci: true, named: 'code in the docs', minutes: 30 })
          const checked = blocks.filter(({ why }) => why !== null).length
          return `${blocks.length} blocks: ${blocks.length - checked} ran on two versions of Node, ${checked} are type-checked, with their reasons (${passed})`
        },
      },
      {
        what: 'every block of shell commands runs',
        async run() {
          const shells = tracked
            .filter((path) => /^(README\.md|docs\/.*\.md|packages\/[^/]+\/README\.md)$/.test(path))
            .flatMap((path) => read(path).match(/^```(sh|bash|shell)$/gm) ?? [])
          const runner = tracked.find((path) => /^test\/packaging\/shell.*\.ci\.ts$/.test(path))
          demand(runner !== undefined, `${shells.length} blocks of shell commands, and nothing runs them: test/packaging/shell.ci.ts is missing`)
          return `${shells.length} blocks, ${await tests([runner], { ci: true, minutes: 20 })}`
        },
      },
      { what: 'sabotage: an export that gets another name breaks blocks', run: sabotage },
    ],
    leftOut: ['nightly from the published version: nothing is published from here'],
  },
  {
    number: 5,
    title: 'Examples and who runs them',
    checks: [
      {
        what: '20 recipes of at most 40 lines, listed by a generated page',
        async run() {
          demand(recipes.length >= 20, `there are ${recipes.length}`)
          return `${recipes.length} recipes, ${await tests(['test/repo/recipes.test.ts'])}`
        },
      },
      {
        what: 'each is checked by DuckDB, or by what it prints; all within 3 minutes, packing included',
        async run() {
          const began = performance.now()
          const passed = await tests(['test/packaging/packed.ci.ts'], { ci: true, named: 'recipes' })
          return `${passed}, ${within((performance.now() - began) / 1000, 180, 's')}`
        },
      },
    ],
  },
  {
    number: 6,
    title: 'Docs site, migration, search',
    checks: [
      {
        what: `at most 45 pages, none over ${MOST_WORDS} words`,
        async run() {
          const long = pages.map((path) => ({ path, words: wordsIn(path) })).filter(({ words }) => words > MOST_WORDS)
          demand(long.length === 0, `over ${MOST_WORDS} words: ${long.map(({ path, words }) => `${path} (${words})`).join(', ')}`)
          return within(pages.length, 45, 'pages')
        },
      },
      {
        what: 'it builds, with no dead link and no dead anchor',
        async run() {
          const { seconds } = await script('site', [], 15)
          return `${await tests(['test/repo/docs.test.ts'])}; built in ${seconds.toFixed(1)} s`
        },
      },
      {
        what: 'migrations from kafkajs, Spark, Kafka Streams and Flink, both sides run and compared',
        async run() {
          const found = tracked.filter((path) => /^docs\/migrat.*\.md$/.test(path))
          const named = ['kafkajs', 'spark', 'kafka-streams', 'flink']
          const missing = named.filter((name) => !found.some((path) => path.includes(name)))
          demand(missing.length === 0, `no page of docs/migrate for ${missing.join(', ')}`)
          const runner = tracked.filter((path) => /^test\/.*migrat.*\.ci\.ts$/.test(path))
          demand(runner.length > 0, `${found.length} pages, and no test of test/ runs the other side and compares: it is shown as text`)
          return tests(runner, { ci: true, minutes: 20 })
        },
      },
      {
        what: 'a start page in French',
        async run() {
          const french = tracked.find((path) => /(^|\/)fr(\/|-).*\.md$/.test(path))
          demand(french !== undefined, 'there is none')
          return french
        },
      },
      {
        what: 'the ten questions of users find their page in the first 3 hits',
        async run() {
          return tests(['test/site/site.ci.ts'], { ci: true, named: 'finds the page for each question' })
        },
      },
    ],
  },
  {
    number: 7,
    title: 'Reference that cannot rot',
    checks: [
      {
        what: 'pnpm gen writes all generated pages within 30 s, and changes nothing',
        async run() {
          const before = (await runs('git', ['status', '--porcelain'])).stdout
          const { seconds } = await script('gen', [], 5)
          const after = (await runs('git', ['status', '--porcelain'])).stdout
          demand(before === after, `it changed ${after}`)
          return within(seconds, 30, 's')
        },
      },
      {
        what: 'llms.txt, and a SKILL.md for each package',
        async run() {
          const packages = [...new Set(tracked.flatMap((path) => /^packages\/([^/]+)\/package\.json$/.exec(path)?.[1] ?? []))]
          const missing = packages.map((name) => `packages/${name}/SKILL.md`).filter((path) => !existsSync(join(root, path)))
          const llms = ['site/dist/llms.txt', 'docs/public/llms.txt', 'llms.txt'].find((path) => existsSync(join(root, path)))
          demand(llms !== undefined, 'there is no llms.txt: build the site first')
          demand(missing.length === 0, `missing: ${missing.join(', ')}`)
          return `${llms}, ${packages.length} packages`
        },
      },
      { what: 'every export has its sentence, which starts with a verb', run: () => tests(['test/repo/doc-comments.test.ts']) },
      {
        what: 'flags, metrics, log lines, personal columns and errors are those of the code',
        run: () =>
          tests([
            'test/repo/log-events.test.ts',
            'test/repo/monitor.test.ts',
            'test/repo/personal.test.ts',
            'test/repo/errors.test.ts',
            'test/examples/config-docs.test.ts',
            'packages/cli/src/commands/page.test.ts',
          ]),
      },
    ],
    leftOut: ['an agent that has only llms.txt and writes a passing pipeline, 4 of 5: there is no agent here'],
  },
]

/** Gives an export of the packed types another name, and demands that blocks no longer compile. */
async function sabotage(): Promise<string> {
  const project = await makeProject()
  try {
    const ours = blocks.filter(({ code }) => /\bparquetSink\b/.test(code) && !/mysql|postgres|opentelemetry|registry/.test(code))
    demand(ours.length > 0, 'no block uses parquetSink')
    for (const { file, code } of ours) {
      await mkdir(join(project.folder, 'blocks', file), { recursive: true })
      await writeFile(join(project.folder, 'blocks', file, 'block.ts'), code)
    }
    const options = { strict: true, target: 'ES2022', lib: ['ES2023'], module: 'NodeNext', types: ['node'], noEmit: true, skipLibCheck: true }
    await writeFile(join(project.folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['blocks'] }))
    const tsc = () => run(join(root, 'node_modules/.bin/tsc'), ['-p', project.folder])
    const before = await tsc()
    demand(before.code === 0, `blocks do not compile as they are: ${before.stdout.slice(0, 300)}`)
    const types = join(project.folder, 'node_modules/@tickets/sinks/dist/index.d.ts')
    const text = await readFile(types, 'utf8')
    const renamed = text.replace(/(export \{[^}]*?)\bparquetSink\b/, '$1parquetSink as parquetFiles')
    demand(renamed !== text, 'parquetSink is not exported as expected')
    await writeFile(types, renamed)
    const after = await tsc()
    const broken = new Set(after.stdout.match(/^\S*blocks\/[^(]+/gm)).size
    demand(after.code !== 0 && broken > 0, 'all blocks compile without it')
    return `${broken} of ${ours.length} blocks that use parquetSink fail without it`
  } finally {
    await rm(dirname(project.folder), { recursive: true, force: true })
  }
}
