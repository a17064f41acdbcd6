import { parseArgs } from 'node:util'
import { Bench } from './bench.ts'
import { checkTheChecks } from './check-the-checks.ts'
import type { Sabotage } from './config.ts'
import { recordCampaign, recordChecks } from './report.ts'
import { summarize } from './result.ts'
import { runOne } from './run-one.ts'
import { plan, scenarios } from './scenarios/index.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    brokers: { type: 'string' },
    keep: { type: 'boolean', default: false },
    sabotage: { type: 'string' },
    record: { type: 'boolean', default: false },
    'check-the-checks': { type: 'boolean', default: false },
  },
})

/**
 * `pnpm crash --runs N --seed S [--only part of a scenario's name] [--jobs 2] [--json] [--keep]`, or `pnpm crash --check-the-checks`.
 * `--keep` leaves the folders of failed runs; `--record` writes the figures into docs/internals/guarantees.md.
 */
async function campaign(): Promise<number> {
  const bench = await Bench.open(values.brokers?.split(','))
  try {
    const how = bench.broker.how === 'container' ? 'Redpanda 23.3.10' : 'Kafka 4.1.1'
    if (values['check-the-checks']) {
      const { catches, code } = await checkTheChecks(bench, values.json, values.only)
      if (values.record) recordChecks(catches, how)
      return code
    }
    const started = performance.now()
    const jobs = plan(Number(values.runs), Number(values.seed), values.only)
    const total = jobs.length
    const results: Awaited<ReturnType<typeof runOne>>[] = []
    const work = async () => {
      for (let job = jobs.shift(); job; job = jobs.shift()) {
        const result = await runOne(bench, job.scenario, job.seed, {
          keep: values.keep,
          ...(values.sabotage ? { sabotage: values.sabotage as Sabotage } : {}),
        })
        results.push(result)
        const bad = result.failed ? `FAILED ${JSON.stringify(result.problems)}` : result.leftOut ? `left out: ${result.leftOut}` : 'ok'
        console.error(
          `${results.length}/${total} seed ${job.seed} ${job.scenario.name} [${result.notes.join('; ')}] ${result.kills} kills ${result.seconds.toFixed(1)} s ${bad}`,
        )
      }
    }
    await Promise.all(Array.from({ length: Number(values.jobs) }, work))
    const summary = { seed: Number(values.seed), ...summarize(results, scenarios), seconds: Math.round((performance.now() - started) / 1000) }
    console.log(JSON.stringify(summary, null, values.json ? 0 : 2))
    if (values.record) recordCampaign(summary, how)
    return summary.failed.length === 0 ? 0 : 1
  } finally {
    await bench.close(values.keep)
  }
}

process.exitCode = await campaign()
