import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { read, root, tracked } from '../../../test/repo/files.ts'
import { demand, type Row, within } from '../check.ts'
import { inFolder, median, run, runs, tests } from '../tools.ts'

const cli = join(root, 'packages/cli/dist/bin.js')
const tickets = (...args: string[]) => run(process.execPath, [cli, ...args])
const names = [...read('docs/operations/commands.md').matchAll(/^## tickets ([a-z]+)/gm)].map(([, name]) => name ?? '')

/** Rows 10, 11 and 12: the command line, progress, and the test kit. */
export const commandRows: readonly Row[] = [
  {
    number: 10,
    title: 'Manners of the command line',
    checks: [
      {
        what: 'tickets doctor names broken set-ups of this machine with code and fix',
        run: () => tests(['packages/cli/src/doctor', 'packages/cli/src/commands/doctor.test.ts'], { minutes: 15 }),
      },
      {
        what: 'those of a real broker: listeners, TLS, logins, certificates, topics, rights, groups, codecs, clock, versions',
        run: async () =>
          `${await tests(['packages/kafka-source/src/admin/diagnose.test.ts'])}, and ${await tests(['packages/kafka-source/test/secured.test.ts'], { named: 'the doctor' })}`,
      },
      {
        what: '--help within 200 ms',
        async run() {
          const taken: number[] = []
          for (let i = 0; i < 7; i++) taken.push((await tickets('--help')).seconds * 1000)
          const empty = (await run(process.execPath, ['-e', ''])).seconds * 1000
          return within(median(taken), 200, `ms (a Node that does nothing takes ${empty.toFixed(0)})`)
        },
      },
      {
        what: 'the help of each command within 200 ms, as the fastest of 15 at most, since others may use this machine, and nothing loaded that it does not need',
        async run() {
          const slow: string[] = []
          let most = 0
          for (const name of names) {
            let fastest = Number.POSITIVE_INFINITY
            for (let i = 0; i < 15 && fastest > 200; i++) fastest = Math.min(fastest, (await tickets(name, '--help')).seconds * 1000)
            most = Math.max(most, fastest)
            if (fastest > 200) slow.push(`${name} takes ${fastest.toFixed(0)} ms`)
          }
          demand(slow.length === 0, slow.join(', '))
          return `at most ${most.toFixed(0)} ms, and ${await tests(['test/packaging/help.ci.ts'], { ci: true })}`
        },
      },
      {
        what: 'every command has --json, and help without control characters',
        async run() {
          demand(names.length > 8, 'the commands are not known')
          const without: string[] = []
          for (const name of names) {
            const { stdout, code } = await tickets(name, '--help')
            // biome-ignore lint/suspicious/noControlCharactersInRegex: these are looked for.
            demand(code === 0 && !/\u001b/.test(stdout), `tickets ${name} --help`)
            if (!/--json\b/.test(stdout)) without.push(name)
          }
          demand(without.length === 0, `without --json: ${without.join(', ')}`)
          return `${names.length} commands`
        },
      },
      {
        what: 'a misspelt command and flag name the right one, in one line, with exit code 1',
        async run() {
          for (const [args, right] of [
            [['inspekt', 'x'], 'inspect'],
            [['inspect', 'x', '--jsno'], '--json'],
          ] as const) {
            const { stderr, code } = await tickets(...args)
            demand(code === 1 && stderr.includes(right) && stderr.trim().split('\n').length === 1, `${args.join(' ')}: ${stderr}`)
          }
          return 'both'
        },
      },
      {
        what: 'without a terminal no command asks, and each refuses in one line without control characters',
        async run() {
          for (const name of names) {
            const { stdout, stderr, code, seconds } = await tickets(name, 'nowhere', 'nothing', '--no-such-flag')
            // biome-ignore lint/suspicious/noControlCharactersInRegex: these are looked for.
            const isPlain = /^error [A-Z_]+: [^\u0000-\u001f\u007f-\u009f]+\n$/.test(stderr)
            demand(
              code === 1 && stdout === '' && isPlain && seconds < 10,
              `tickets ${name} ended with ${code} after ${seconds} s: ${stdout}${stderr}`,
            )
          }
          return `${names.length} commands`
        },
      },
      {
        what: 'exit codes are in the docs',
        async run() {
          demand(/## Exit codes/.test(read('packages/cli/README.md')), 'packages/cli/README.md has none')
          return 'packages/cli/README.md'
        },
      },
    ],
    leftOut: ['a clock of another host that is wrong: messages that are dated ahead stand for it'],
  },
  {
    number: 11,
    title: 'Progress while running',
    checks: [
      { what: 'the lines of progress, and the last one', run: () => tests(['packages/cli/src/run', 'packages/cli/src/commands/run.test.ts']) },
      {
        what: 'the first line within 500 ms, as the middle of 5',
        run: () =>
          inFolder(async (folder) => {
            const path = join(folder, 'lake.mjs')
            const core = (entry: string) => JSON.stringify(join(root, 'packages/core/dist', entry))
            await writeFile(
              path,
              `import { generator, into, pipeline } from ${core('index.js')}\nimport { memoryLog, memorySink } from ${core('testing.js')}\nconst lake = pipeline({ name: 'lake', source: generator({ tickets: 10 }), log: memoryLog(), flows: (all) => ({ all: all.pipe(into(memorySink('all'))) }) })\nexport { lake as default }\n`,
            )
            const taken: number[] = []
            for (let i = 0; i < 5; i++) taken.push(await firstLine(path))
            return within(median(taken), 500, 'ms')
          }),
      },
      {
        what: 'libraries print nothing by themselves',
        async run() {
          const guilty = tracked.filter(
            (path) =>
              /^packages\/(core|sinks|kafka-source|s3|monitor)\/src\/.*\.ts$/.test(path) &&
              !/\.(test|fixture)\.ts$/.test(path) &&
              /^[^*/]*\bconsole\.\w+\(/m.test(read(path)),
          )
          demand(guilty.length === 0, guilty.join(', '))
          return 'no source calls console'
        },
      },
      {
        what: 'a line says why the oldest window is open and what will close it',
        async run() {
          const text = read('packages/cli/src/run/progress.ts')
          demand(/wait|window/.test(text) && /watermark/.test(text), 'a line of progress has no watermark, and nothing of the window that waits')
          return 'progress.ts names both'
        },
      },
    ],
    leftOut: ['its cost of at most 1 %: a benchmark needs a machine of its own'],
  },
  {
    number: 12,
    title: 'Test kit for users',
    checks: [
      {
        what: '100 window tests of at most 5 lines within 2 s, in node:test',
        run: () =>
          inFolder(async (folder) => {
            const from = (name: string) => JSON.stringify(join(root, 'packages/core/dist', name))
            const one = (i: number) =>
              `test('window ${i}', () => {\n  scenario(Ticket, windowed(tumbling({ size: '10s' }), { by: 'client_id', aggregate: { n: count() } })).feed('a@1 a@${2 + (i % 7)} X R | b@12 ~30s').emits('a[0,10)=2').feed('$').emits('b[10,20)=1')\n})`
            demand(one(0).split('\n').length <= 5, 'a test has more than 5 lines')
            const head = `import { test } from 'node:test'\nimport { count, Ticket, tumbling, windowed } from ${from('index.js')}\nimport { scenario } from ${from('testing.js')}\n`
            const path = join(folder, 'windows.test.mjs')
            await writeFile(path, head + Array.from({ length: 100 }, (_, i) => one(i)).join('\n'))
            const { stdout, seconds } = await runs(process.execPath, ['--test', path])
            demand(/pass 100\n/.test(stdout), stdout.slice(-300))
            return within(seconds, 2, 's')
          }),
      },
      { what: 'words for crash, restart, rebalance and idle; a failure prints the trace', run: () => tests(['packages/core/src/testing/scenario']) },
      {
        what: 'checkOperator tries an operator over splits, commits and crashes, in one line',
        run: () => tests(['packages/core/src/testing/check-operator.test.ts']),
      },
      {
        what: 'forAllSplits gives the proof against 1,000 batchings',
        async run() {
          demand(/\bforAllSplits\b/.test(read('packages/core/src/testing.ts')), '@tickets/core/testing has no forAllSplits')
          return tests(['packages/core/src/testing/for-all-splits.test.ts'])
        },
      },
    ],
    leftOut: ['a newcomer who writes a first window test in at most 3 minutes'],
  },
]

/** Milliseconds from the start of `tickets run` to its first line. */
async function firstLine(path: string): Promise<number> {
  const { spawn } = await import('node:child_process')
  const began = performance.now()
  const child = spawn(process.execPath, [cli, 'run', path], { stdio: ['ignore', 'pipe', 'inherit'] })
  const taken = await new Promise<number>((done, fail) => {
    child.stdout.once('data', () => done(performance.now() - began))
    child.once('close', (code) => fail(new Error(`it ended with ${code}, without a line`)))
  })
  child.stdout.resume()
  await new Promise((done) => (child.exitCode === null ? child.once('close', done) : done(null)))
  return taken
}
