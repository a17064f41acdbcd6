import { execFileSync } from 'node:child_process'
import { cpus, release, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { put } from '../../bench/docs.ts'
import type { Catch } from './check-the-checks.ts'
import type { summarize } from './result.ts'

/** When, on what, and with which versions something was measured. */
export function circumstances(broker = ''): string {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: fileURLToPath(new URL('.', import.meta.url)), encoding: 'utf8' }).trim()
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release().split('-')[0]}`
  return `${new Date().toISOString().slice(0, 10)}, commit ${commit}, ${machine}, Node ${process.version.slice(1)}${broker && `, ${broker}`}`
}

/** Puts lines into docs/internals/guarantees.md. */
export const record = (name: string, lines: readonly string[]) => put(name, lines, 'internals/guarantees.md')

const clients = 'read back with confluent-kafka 2.16.1 and DuckDB 1.5'

export function recordCampaign(summary: ReturnType<typeof summarize> & { seed: number; seconds: number }, broker: string): void {
  const { runs, kills, lost, duplicated, wrong_windows, visible_too_early, left_behind, stopped, rows, looks, seconds, seed } = summary
  record('campaign', [
    `${circumstances(broker)}; ${clients}. \`pnpm crash --runs ${runs} --seed ${seed} --record\`, ${Math.round(seconds / 60)} minutes:`,
    '',
    '| runs | kills | rows compared | lost | duplicated | wrong windows | visible too early | left behind | stopped without cause | looks of the watcher |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    `| ${[runs, kills, rows, lost, duplicated, wrong_windows, visible_too_early, left_behind, stopped, looks].join(' | ')} |`,
    '',
    '| scenario | runs | kills | failed |',
    '| --- | --- | --- | --- |',
    ...Object.entries(summary.scenarios).map(([name, s]) => `| ${name} | ${s.runs} | ${s.kills} | ${s.failed} |`),
    '',
    `Points at which a process was caught, and how often: ${Object.entries(summary.points)
      .map(([point, count]) => `${point} ${count}`)
      .join(', ')}.`,
    ...(summary.left_out.length > 0 ? ['', `Left out: ${summary.left_out.join('; ')}.`] : []),
  ])
}

export function recordChecks(catches: readonly Catch[], broker: string): void {
  record('checks', [
    `${circumstances(broker)}. \`pnpm crash --check-the-checks --record\`:`,
    '',
    '| what is broken | caught | in run | by the scenario | what the check said |',
    '| --- | --- | --- | --- | --- |',
    ...catches.map(
      (c) =>
        `| ${c.rule} | ${c.caught ? 'yes' : '**no**'} | ${c.runs} | ${c.scenario} | ${c.found.replaceAll('|', '\\|').replace(/\/\S*\/out\//g, '…/out/')} |`,
    ),
  ])
}
