import { Batch } from '@tickets/core'
import { expect, test } from 'vitest'
import { Every, plain, sparse } from '../../test/helpers.ts'
import { bucket, day } from './partition-by.ts'
import { partitionPlan } from './plan.ts'

test('columns of the path leave the files, instants of days and values of buckets stay', () => {
  const plan = partitionPlan(['kind', day('at'), bucket('text', 4)], Every, 10)
  expect(plan.names).toEqual(['kind', ...day('at').as, 'text_bucket'])
  expect(plan.fileSchema.fields.map(({ name }) => name)).toEqual(Every.fields.map(({ name }) => name).filter((name) => name !== 'kind'))
  const [row] = plan.project(Batch.of(Every, [plain])).toArray() as object[]
  expect(row).not.toHaveProperty('kind')
  expect(row).toMatchObject({ at: plain.at, text: plain.text })
})

test('each row is in one folder, and too many folders are refused with what to do', () => {
  const batch = Batch.of(Every, [plain, sparse, plain])
  const parts = partitionPlan(['yes'], Every, 2).split(batch)
  expect(parts.map(({ folder, rows }) => [folder, ...rows])).toEqual([
    ['yes=false', 1],
    ['yes=true', 0, 2],
  ])
  expect(() => partitionPlan(['small'], Every, 1).split(batch)).toThrowError(
    expect.objectContaining({ code: 'SINK_FAILED', message: expect.stringContaining('maxPartitions') }),
  )
})

test('the files of a table keep all columns, and the empty text is a partition of its own', () => {
  const plan = partitionPlan(['maybe', 'kind'], Every, 10, true)
  expect(plan.fileSchema.fields).toEqual(Every.fields)
  const batch = Batch.of(Every, [{ ...plain, maybe: '' }, plain, { ...plain, maybe: 'x' }])
  expect(plan.project(batch)).toBe(batch)
  expect(plan.split(batch).map(({ folder, rows }) => [folder.split('/')[0], ...rows])).toEqual([
    ['maybe=', 0],
    ['maybe=__HIVE_DEFAULT_PARTITION__', 1],
    ['maybe=x', 2],
  ])
})
