import type { Bench } from './bench.ts'
import { type Sabotage, sabotages } from './config.ts'
import type { Result } from './result.ts'
import { runOne } from './run-one.ts'
import { scenarios } from './scenarios/index.ts'

/** Which scenarios a broken rule must fail, by a part of their names, and in how many tries at most. */
const trials: Readonly<Record<Sabotage, { readonly in: readonly string[]; readonly tries: number }>> = {
  fsync: { in: ['loss of power'], tries: 8 },
  'fsync-folders': { in: ['loss of power'], tries: 16 },
  create: { in: ['by hand', 'frozen'], tries: 16 },
  attempt: { in: ['by hand', 'frozen'], tries: 16 },
  listing: { in: ['pruned'], tries: 8 },
  sweep: { in: ['by hand', 'frozen'], tries: 24 },
  'no-sweep': { in: ['killed at a point', 'by hand'], tries: 16 },
  redo: { in: ['recovery, twice'], tries: 8 },
  early: { in: ['recovery, twice', 'killed at a point'], tries: 8 },
  alias: { in: ['two names of one folder'], tries: 4 },
  behind: { in: ['restored from an older copy'], tries: 4 },
  'one-log': { in: ['while an old process lives'], tries: 8 },
  owner: { in: ['a target deleted'], tries: 8 },
  unchecked: { in: ['staged file damaged'], tries: 4 },
  expired: { in: ['slower than its transaction'], tries: 4 },
  'iceberg-progress': { in: ['a Delta table and an Iceberg table, killed', 'killed before a head is published'], tries: 12 },
  's3-content': { in: ['share a bucket and no disk, with', 'share a bucket and no disk, one frozen'], tries: 8 },
  's3-look': { in: ['killed before a head is published'], tries: 8 },
  's3-above': { in: ['share a bucket and no disk, with', 'share a bucket and no disk, one frozen'], tries: 12 },
  's3-below': { in: ['log and files in a bucket, killed at a point'], tries: 8 },
  empty: { in: ['answers of the broker'], tries: 8 },
}

export interface Catch {
  readonly sabotage: Sabotage
  readonly rule: string
  readonly caught: boolean
  readonly runs: number
  readonly scenario: string
  readonly seed: number
  readonly found: string
  /** The same scenario and seed pass when nothing is broken. */
  readonly sound: boolean
}

function describe({ problems }: Result): string {
  const { details, ...counts } = problems
  const named = Object.entries(counts).flatMap(([name, count]) => (count > 0 ? [`${name} ${count}`] : []))
  return `${named.join(', ')}${problems.stopped > 0 ? ` (${details.at(-1)?.slice(0, 160)})` : ''}`
}

/** Breaks one rule after the other, and sees that the campaign fails. The exit code is 0 when every one is caught. */
export async function checkTheChecks(bench: Bench, json: boolean, only?: string): Promise<{ catches: readonly Catch[]; code: number }> {
  const catches: Catch[] = []
  for (const sabotage of Object.keys(sabotages) as Sabotage[]) {
    if (only !== undefined && !sabotage.includes(only)) continue
    const { in: names, tries } = trials[sabotage]
    const chosen = names.flatMap((name) => scenarios.filter((scenario) => scenario.name.includes(name)))
    let last: Result | undefined
    let runs = 0
    while (runs < tries && !last?.failed) {
      const scenario = chosen[runs % chosen.length]
      if (!scenario) throw new Error(`no scenario is called ${names.join(' or ')}`)
      last = await runOne(bench, scenario, ++runs, { sabotage })
    }
    // A fix that was rewritten since is not there to be taken out.
    const caught = (last?.failed ?? false) && !last?.problems.details.some((text) => text.includes('the fix to take out is not there'))
    const scenario = scenarios.find(({ name }) => name === last?.scenario)
    const sound = scenario !== undefined && last !== undefined && !(await runOne(bench, scenario, last.seed)).failed
    catches.push({
      sabotage,
      rule: sabotages[sabotage],
      caught,
      runs,
      scenario: last?.scenario ?? '',
      seed: last?.seed ?? 0,
      found: last && caught ? describe(last) : 'nothing',
      sound,
    })
    console.error(JSON.stringify(catches.at(-1)))
  }
  console.log(JSON.stringify({ checks: catches }, null, json ? 0 : 2))
  return { catches, code: catches.every(({ caught, sound }) => caught && sound) ? 0 : 1 }
}
