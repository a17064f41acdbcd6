import { read } from '../../../test/repo/files.ts'
import { demand, type Row, within } from '../check.ts'
import { daysSince, runs, tests } from '../tools.ts'

/** Row 20: measured beside peers. */
export const benchRows: readonly Row[] = [
  {
    number: 20,
    title: 'Benchmarks',
    checks: [
      {
        what: 'the page is at most 90 days old, and says where we lose',
        async run() {
          const page = read('docs/performance.md')
          const days = [...page.matchAll(/\b(20\d\d-\d\d-\d\d)\b/g)].map(([day]) => day).sort()
          const newest = days.at(-1)
          demand(newest !== undefined, 'docs/performance.md has no date')
          demand(/\| no +\|/.test(page), 'no target that is not met is listed')
          return within(daysSince(newest), 90, 'days')
        },
      },
      { what: 'it comes from the recorded results', run: () => tests(['test/bench/check.test.ts', 'test/bench/compete.test.ts']) },
      {
        what: 'the build of the docs fails when it is over 90 days old',
        async run() {
          const guards = ['site/build.ts', 'test/repo/performance.test.ts', 'test/bench/age.test.ts'].filter((path) => {
            try {
              return /90/.test(read(path)) && /performance/.test(read(path))
            } catch {
              return false
            }
          })
          demand(guards.length > 0, 'nothing looks at its age')
          return guards.join(', ')
        },
      },
      {
        what: 'bench --vs spark,flink,duckdb,kafkajs',
        async run() {
          const { stdout } = await runs(process.execPath, ['bench/bench.ts', '--help'])
          demand(/--vs\b/.test(stdout), 'bench has --only, and no --vs that prints ratio, spread, machine, versions and date')
          return 'is there'
        },
      },
    ],
    leftOut: ['a second machine that reproduces each ratio within 15 %', 'a benchmark now: other programs share these cores'],
  },
]
