import type { PeersResult } from './peers-table.ts'

/**
 * A result with what was measured before of other contestants and sizes, as long as that was on the same commit and machine: figures that
 * stand side by side have to be of one thing.
 */
export function withOthers(before: PeersResult | undefined, now: PeersResult): PeersResult {
  const { commit, cpu, cores, changed } = now.circumstances
  const then = before?.circumstances
  if (!before || !then || then.commit !== commit || then.cpu !== cpu || then.cores !== cores || then.changed || changed) return now
  const isNew = (name: string, rows: number) => now.outcomes.some((one) => one.name === name && one.rows === rows)
  return { ...now, outcomes: [...before.outcomes.filter(({ name, rows }) => !isNew(name, rows)), ...now.outcomes] }
}
