import { read, tracked } from '../../../test/repo/files.ts'
import { demand, type Row } from '../check.ts'
import { run, script, tests } from '../tools.ts'

const cli = 'packages/cli/dist/bin.js'
const union = /export type ErrorCode =\s*((?:\|\s*'[A-Z_]+'\s*)+)/.exec(read('packages/core/src/base/errors.ts'))?.[1] ?? ''
const codes = [...union.matchAll(/'([A-Z_]+)'/g)].map(([, code]) => code ?? '')

/** Rows 8 and 9: errors, configuration and secrets. */
export const errorRows: readonly Row[] = [
  {
    number: 8,
    title: 'Errors: codes and pages',
    checks: [
      { what: 'each code has its paragraph, and no other', run: () => tests(['test/repo/errors.test.ts']) },
      {
        what: 'each code has a reproduction that CI runs, whose message is the one on the page',
        async run() {
          const runner = tracked.filter((path) => /^test\/.*(reproductions?|error-pages?).*\.(test|ci)\.ts$/.test(path))
          demand(runner.length > 0, `${codes.length} codes, and no test of test/ reproduces them and compares the message with the page`)
          return tests(runner, { ci: runner.every((path) => path.endsWith('.ci.ts')) })
        },
      },
      {
        what: 'tickets explain says of each code, offline, what to do; an unknown one names the nearest',
        async run() {
          for (const code of codes) {
            const { stdout, stderr, code: exit } = await run(process.execPath, [cli, 'explain', code])
            demand(exit === 0 && stdout.includes(code) && stdout.length > 60, `tickets explain ${code}: ${stderr.trim() || stdout}`)
          }
          const wrong = await run(process.execPath, [cli, 'explain', 'OPTION_INVALD'])
          demand(wrong.code === 1 && wrong.stderr.includes('OPTION_INVALID'), `a misspelt code: ${wrong.stderr}`)
          return `${codes.length} codes`
        },
      },
      {
        what: '10,000 configurations, rows and broker answers: none without a code, no stack trace, no failure with exit code 0',
        async run() {
          const { stdout } = await script('fuzz-errors', ['10000'], 15)
          return stdout.trim().split('\n').at(-1) ?? ''
        },
      },
    ],
  },
  {
    number: 9,
    title: 'Configuration and secrets',
    checks: [
      {
        what: 'tickets config prints each value with its origin, secrets masked',
        async run() {
          const { stdout, stderr, code } = await run(process.execPath, [cli, 'config', '--help'])
          demand(code === 0 && stdout.includes('config'), stderr.trim())
          return tests(['packages/cli/src/commands/config.test.ts'])
        },
      },
      { what: 'a misspelt key names the right one, 99 % of 1,000', run: misspellings },
      {
        what: 'a wrong value: key, got, expected, origin',
        run: () =>
          tests([
            'packages/cli/src/config/load-config.test.ts',
            'packages/cli/src/config/settings.test.ts',
            'packages/cli/src/config/environment.test.ts',
          ]),
      },
      {
        what: 'a canary in every secret is in no log, error, metric or trace',
        run: () =>
          tests(['packages/sinks/test/secrets.test.ts', 'packages/kafka-source/test/secure.test.ts', 'packages/monitor/test/pipeline.test.ts'], {
            minutes: 15,
          }),
      },
    ],
  },
]

/** Misspells names of flags by a missing, doubled, swapped or replaced letter, as `--flag` of a command, and reads what it suggests. */
async function misspellings(): Promise<string> {
  const { nearest } = await import('../../../packages/core/src/base/nearest.ts')
  const page = read('docs/reference/configuration.md') + read('docs/operations/commands.md')
  const names = [...new Set([...page.matchAll(/`--([a-z][a-z-]{3,})/g)].map(([, name]) => name ?? ''))]
  demand(names.length > 20, `only ${names.length} names are known`)
  let state = 7
  const random = (below: number) => {
    state = Math.imul(state, 48_271) % 2_147_483_647
    return Math.abs(state) % below
  }
  const misspelt = (name: string): string => {
    const at = 1 + random(name.length - 2)
    const [a = '', b = ''] = [name[at], name[at + 1]]
    const ways = [
      name.slice(0, at) + name.slice(at + 1),
      name.slice(0, at) + a + name.slice(at),
      name.slice(0, at) + b + a + name.slice(at + 2),
      `${name.slice(0, at)}x${name.slice(at + 1)}`,
    ]
    return ways[random(ways.length)] ?? name
  }
  let right = 0
  let tried = 0
  while (tried < 1000) {
    const name = names[random(names.length)] ?? ''
    const wrong = misspelt(name)
    if (names.includes(wrong)) continue
    tried += 1
    if (nearest(wrong, names) === name) right += 1
  }
  demand(right >= 990, `${right} of ${tried} name the right key`)
  return `${right} of ${tried}, over ${names.length} names`
}
