import { parseArgs } from 'node:util'
import { Bench } from './bench.ts'
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
    'check-the-checks': { type: 'boolean', default: false },
  },
})

/** `pnpm crash --runs N --seed S [--only part of a scenario's name] [--jobs 2] [--json]` */
async function campaign(): Promise<number> {
  const bench = await Bench.open(values.brokers?.split(','))
  try {
    if (values['check-the-checks']) return await (await import('./check-the-checks.ts')).checkTheChecks(bench, values.json, values.only)
    const started = performance.now()
    const jobs = plan(Number(values.runs), Number(values.seed), values.only)
    const total = jobs.length
    const results: Awaited<ReturnType<typeof runOne>>[] = []
    const work = async () => {
      for (let job = jobs.shift(); job; job = jobs.shift()) {
        const result = await runOne(bench, job.scenario, job.seed, { keep: values.keep })
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
    return summary.failed.length === 0 ? 0 : 1
  } finally {
    await bench.close()
  }
}

process.exitCode = await campaign()
