import { read, tracked } from '../../../test/repo/files.ts'
import { demand, type Row } from '../check.ts'
import { tests } from '../tools.ts'

/** Rows 13 and 14: what a user sees, and what machines do. */
export const watchRows: readonly Row[] = [
  {
    number: 13,
    title: 'See it: dashboard, visualiser, playground',
    checks: [
      {
        what: 'the dashboard in Chromium: numbers are those of the files, axe, keyboard, 360 px',
        run: () => tests(['test/dashboard/dashboard.ci.ts'], { ci: true }),
      },
      {
        what: 'tickets dashboard serves what a module exports, on loopback',
        run: () => tests(['packages/cli/src/commands/dashboard.test.ts', 'packages/cli/src/run/serve-dashboard.test.ts']),
      },
      {
        what: 'the page needs a token',
        async run() {
          demand(/token/i.test(read('docs/operations/dashboard.md')), 'docs/operations/dashboard.md says that it has no login')
          return 'documented'
        },
      },
      {
        what: 'the playground: same core in the page, no network, a result within 200 ms',
        run: async () => `${await tests(['test/site/playground.test.ts'])}, in Chromium ${await tests(['test/site/site.ci.ts'], { ci: true })}`,
      },
    ],
  },
  {
    number: 14,
    title: 'Metrics, logs, traces',
    checks: [
      {
        what: 'no telemetry package unless asked, and no usage telemetry',
        async run() {
          const heavy = ['core', 'sinks', 'kafka-source', 's3', 'monitor'].filter((name) => {
            const { dependencies = {} } = JSON.parse(read(`packages/${name}/package.json`)) as { dependencies?: Record<string, string> }
            return Object.keys(dependencies).some((key) => /opentelemetry|prom-client|posthog|segment/.test(key))
          })
          demand(heavy.length === 0, heavy.join(', '))
          return 'none'
        },
      },
      { what: 'pages, dashboards and alerts come from code, each alert with a runbook', run: () => tests(['test/repo/monitor.test.ts']) },
      {
        what: 'each alert fires on real parts',
        async run() {
          const alerts = [...read('packages/monitor/operations/alerts.yaml').matchAll(/^\s*- alert: (\w+)/gm)].map(([, name]) => name ?? '')
          const specs = tracked.filter(
            (path) => /^(test|packages\/monitor)\/.*\.(test|ci)\.ts$/.test(path) && /promtool|prometheus/i.test(read(path)),
          )
          demand(alerts.length > 0 && specs.length > 0, 'no alerts, or no test that runs Prometheus')
          return `${alerts.length} alerts: ${await tests(specs.filter((path) => path.endsWith('.test.ts')))}`
        },
      },
      { what: 'one trace joins a record to its file, the same numbers by Prometheus and OpenTelemetry', run: () => tests(['packages/monitor/test']) },
    ],
    leftOut: ['its cost of at most 0.5 %: a benchmark needs a machine of its own'],
  },
]
