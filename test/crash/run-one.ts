import { rmSync } from 'node:fs'
import type { Bench } from './bench.ts'
import type { Sabotage } from './config.ts'
import { foundElsewhere } from './found-elsewhere.ts'
import { Random } from './random.ts'
import type { Result } from './result.ts'
import { Run } from './run.ts'
import type { Scenario } from './scenarios/scenario.ts'

/** Runs a scenario with a seed, lets it finish, and compares what is there with what must be. */
export async function runOne(bench: Bench, scenario: Scenario, seed: number, options: { sabotage?: Sabotage; keep?: boolean } = {}): Promise<Result> {
  const started = performance.now()
  const run = new Run(bench, new Random(seed), options.sabotage)
  const leftOut = (await scenario.needs?.(run)) ?? null
  let verdict = { lost: 0, duplicated: 0, wrong_windows: 0, left_behind: 0, rows: 0, details: [] as readonly string[] }
  if (leftOut === null) {
    run.watch()
    try {
      await scenario.run(run)
      await run.finish()
    } catch (error) {
      run.errors.push(`the campaign itself: ${error instanceof Error ? error.stack : String(error)}`)
    } finally {
      await run.end()
    }
    try {
      if (run.checks)
        verdict = await bench.checker.check(run.home, run.topic, run.sentTo && (await bench.tell(run.sentTo)), await foundElsewhere(run))
      const left = await run.leftBehind()
      const details = [...verdict.details, ...left.map((what) => `left behind: ${what}`)]
      verdict = { ...verdict, left_behind: verdict.left_behind + left.length, details }
    } catch (error) {
      run.errors.push(`the output cannot be read: ${String(error).slice(0, 300)}`)
    }
  }
  const { lost, duplicated, wrong_windows, left_behind } = verdict
  const details = [...verdict.details.slice(0, 12), ...run.early.slice(0, 5), ...run.errors.slice(0, 5)]
  const problems = { lost, duplicated, wrong_windows, visible_too_early: run.early.length, left_behind, stopped: run.errors.length, details }
  const failed = lost + duplicated + wrong_windows + left_behind + run.early.length + run.errors.length > 0
  if (failed && options.keep) run.note(`kept in ${run.home}`)
  else await run.clean()
  if (!(failed && options.keep)) if (!process.env.KEEP) rmSync(run.home, { recursive: true, force: true })
  const { kills, looks, hits, notes } = run
  return {
    scenario: scenario.name,
    seed,
    kills,
    looks,
    hits,
    notes,
    problems,
    failed,
    leftOut,
    rows: verdict.rows,
    seconds: (performance.now() - started) / 1000,
  }
}
