import { expect, test } from 'vitest'
import type { PeersResult } from '../../bench/runner/peers-table.ts'
import { withOthers } from '../../bench/runner/with-others.ts'

const result = (commit: string, outcomes: readonly (readonly [string, number])[], changed = false) =>
  ({
    circumstances: { commit, cpu: 'a', cores: 2, changed },
    repeats: 1,
    outcomes: outcomes.map(([name, rows]) => ({ name, rows })),
  }) as unknown as PeersResult
const names = ({ outcomes }: PeersResult) => outcomes.map(({ name, rows }) => `${name} ${rows}`)

test('results of one commit come together, new ones in place of old ones', () => {
  const before = result('a', [
    ['ours', 1],
    ['ours', 5],
    ['duckdb', 1],
  ])
  expect(names(withOthers(before, result('a', [['ours', 1]])))).toEqual(['ours 5', 'duckdb 1', 'ours 1'])
})

test('results of another commit, or of changes that none holds, stay out', () => {
  const now = result('b', [['ours', 1]])
  expect(names(withOthers(result('a', [['duckdb', 1]]), now))).toEqual(['ours 1'])
  expect(names(withOthers(result('b', [['duckdb', 1]], true), now))).toEqual(['ours 1'])
  expect(names(withOthers(undefined, now))).toEqual(['ours 1'])
})
