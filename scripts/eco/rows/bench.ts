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
          demand(/agedPages/.test(read('site/build.ts')), 'site/build.ts does not look at its age')
          return tests(['test/site/ages.test.ts'])
        },
      },
      {
        what: 'bench --vs spark,flink,duckdb,kafkajs prints ratio, spread, machine, versions and date',
        async run() {
          const passed = await tests(['test/bench/versus.test.ts'])
          const { stdout } = await runs(process.execPath, ['bench/bench.ts', '--vs', 'duckdb', '--rows', '20000', '--repeats', '2'])
          const [ratio] = /\d+\.\d\d \(\d+\.\d\d to \d+\.\d\d\) ×/.exec(stdout) ?? []
          demand(ratio !== undefined && /Measured \d{4}-\d\d-\d\d, .*cores/.test(stdout) && /Versions: .*duckdb \d/.test(stdout), stdout.slice(-500))
          return `${passed}; 20,000 tickets beside DuckDB: ${ratio}`
        },
      },
    ],
    leftOut: [
      'a second machine that reproduces each ratio within 15 %',
      'a benchmark of all peers at full size now: other programs share these cores',
    ],
  },
]
