import { Random } from '../random.ts'
import { answers } from './answers.ts'
import { brokers } from './brokers.ts'
import { buckets } from './buckets.ts'
import { disk } from './disk.ts'
import { groups } from './groups.ts'
import { joins } from './joins.ts'
import { mishaps } from './mishaps.ts'
import type { Scenario } from './scenario.ts'
import { single } from './single.ts'
import { targets } from './targets.ts'
import { topics } from './topics.ts'

export const scenarios: readonly Scenario[] = [
  ...single,
  ...groups,
  ...topics,
  ...brokers,
  ...disk,
  ...targets,
  ...joins,
  ...mishaps,
  ...answers,
  ...buckets,
]

/** Which runs a campaign makes: each scenario once as far as `runs` goes, then by weight. Each run has a seed of its own. */
export function plan(runs: number, seed: number, only?: string): { scenario: Scenario; seed: number }[] {
  const chosen = scenarios.filter(({ name, weight }) => (only === undefined ? weight > 0 : name.includes(only)))
  const random = new Random(seed)
  // Each as often as it weighs.
  const lots = chosen.flatMap((scenario) => Array.from({ length: Math.max(1, scenario.weight) }, () => scenario))
  return Array.from({ length: runs }, (_, i) => ({ scenario: chosen[i] ?? random.pick(lots), seed: seed * 1000 + i }))
}
