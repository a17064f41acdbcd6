/** Series made up for a rule, in the notation of `promtool test rules`: one value a minute. */
export interface RuleCase {
  /** What the series show. */
  readonly what: string
  /** Series → values. */
  readonly series: Readonly<Record<string, string>>
  /** When it is looked at, in minutes. */
  readonly at: number
  /** The labels that alerts have, beside `severity`, and their texts; none where it must not fire. */
  readonly fires: readonly { readonly labels: Readonly<Record<string, string>>; readonly summary: string; readonly description: string }[]
}

export const lake = { pipeline: 'lake' }
export const task = { ...lake, task: 't-0' }
export const quiet = (what: string, at: number, series: RuleCase['series']): RuleCase => ({ what, series, at, fires: [] })
export const loud = (
  what: string,
  at: number,
  series: RuleCase['series'],
  labels: Readonly<Record<string, string>>,
  summary: string,
  description: string,
) => ({
  what,
  series,
  at,
  fires: [{ labels, summary, description }],
})
