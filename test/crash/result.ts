import type { Scenario } from './scenarios/scenario.ts'

/** What came of one run. */
export interface Result {
  readonly scenario: string
  readonly seed: number
  readonly kills: number
  readonly looks: number
  readonly hits: ReadonlyMap<string, number>
  readonly notes: readonly string[]
  readonly problems: {
    lost: number
    duplicated: number
    wrong_windows: number
    visible_too_early: number
    left_behind: number
    stopped: number
    details: readonly string[]
  }
  readonly failed: boolean
  readonly leftOut: string | null
  readonly rows: number
  readonly seconds: number
}

/** The figures of a campaign; all but `runs` and `kills` must be 0. */
export function summarize(results: readonly Result[], scenarios: readonly Scenario[]) {
  const ran = results.filter(({ leftOut }) => leftOut === null)
  const sum = (of: (result: Result) => number) => ran.reduce((total, result) => total + of(result), 0)
  const hits: Record<string, number> = {}
  for (const result of ran) for (const [point, count] of result.hits) hits[point] = (hits[point] ?? 0) + count
  const by = scenarios.flatMap(({ name }) => {
    const own = ran.filter(({ scenario }) => scenario === name)
    return own.length === 0
      ? []
      : [[name, { runs: own.length, kills: own.reduce((n, { kills }) => n + kills, 0), failed: own.filter(({ failed }) => failed).length }] as const]
  })
  return {
    runs: ran.length,
    kills: sum(({ kills }) => kills),
    lost: sum(({ problems }) => problems.lost),
    duplicated: sum(({ problems }) => problems.duplicated),
    wrong_windows: sum(({ problems }) => problems.wrong_windows),
    visible_too_early: sum(({ problems }) => problems.visible_too_early),
    left_behind: sum(({ problems }) => problems.left_behind),
    stopped: sum(({ problems }) => problems.stopped),
    rows: sum(({ rows }) => rows),
    looks: sum(({ looks }) => looks),
    scenarios: Object.fromEntries(by),
    points: Object.fromEntries(Object.entries(hits).sort()),
    left_out: [...new Set(results.flatMap(({ leftOut, scenario }) => (leftOut ? [`${scenario}: ${leftOut}`] : [])))],
    failed: ran.filter(({ failed }) => failed).map(({ seed, scenario, problems, notes }) => ({ seed, scenario, notes, ...problems })),
  }
}
