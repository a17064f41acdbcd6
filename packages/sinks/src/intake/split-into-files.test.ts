import { Batch } from '@tickets/core'
import { expect, test } from 'vitest'
import { Every, plain } from '../../test/helpers.ts'
import { partitionPlan } from '../partition/plan.ts'
import { type Splitting, splitIntoFiles } from './split-into-files.ts'

const rows = (...small: number[]) =>
  Batch.of(
    Every,
    small.map((value) => ({ ...plain, small: value, kind: value % 2 ? ('a' as const) : ('ü' as const) })),
  )
const all: Splitting = { maxRowsPerFile: Number.POSITIVE_INFINITY, plan: null, sortBy: null }
const shown = (batches: readonly Batch<unknown>[], cutting: Splitting) =>
  [...splitIntoFiles(batches, cutting)].map(({ folder, rows: own }) => [
    folder,
    own.flatMap((batch) => batch.toArray().map((row) => (row as Every).small)),
  ])

test('files depend on the rows alone, not on how they were batched', () => {
  const cutting = { ...all, maxRowsPerFile: 2 }
  expect(shown([rows(1, 2, 3, 4, 5)], cutting)).toEqual([
    ['', [1, 2]],
    ['', [3, 4]],
    ['', [5]],
  ])
  expect(shown([rows(1), rows(2, 3, 4), rows(5)], cutting)).toEqual(shown([rows(1, 2, 3, 4, 5)], cutting))
})

test('rows are sorted within each folder, and folders come in the order of their names', () => {
  const cutting: Splitting = { ...all, plan: partitionPlan(['kind'], Every, 10), sortBy: [{ column: 'small', descending: true }] }
  expect(shown([rows(1, 2, 3, 4)], cutting)).toEqual([
    ['kind=a', [3, 1]],
    ['kind=ü', [4, 2]],
  ])
})

test('no rows give one empty file, so that readers find the columns', () => {
  expect([...splitIntoFiles([], all)]).toEqual([{ folder: '', rows: [] }])
})

test('no rows of a partitioned dataset give one empty file within a partition, where readers look', () => {
  const plan = partitionPlan(['kind'], Every, 10)
  expect(plan.empty).toMatch(/^kind=/)
  expect([...splitIntoFiles([], { ...all, plan })]).toEqual([{ folder: plan.empty, rows: [] }])
})
