import { expect, test } from 'vitest'
import { isPartitionFolder, isPartPath, parsePart, partName } from './part-names.ts'

test('the name of a published file tells its log, task, range and place', () => {
  expect(parsePart('kind=a/part-log1-my-topic-0-12-3.parquet')).toEqual({
    path: 'kind=a/part-log1-my-topic-0-12-3.parquet',
    folder: 'kind=a',
    log: 'log1',
    task: 'my-topic-0',
    n: 12,
    k: 3,
    extension: 'parquet',
  })
  expect(partName({ logId: 'log1', task: 'my-topic-0', flow: 'all' }, 12, 3, 'parquet')).toBe('part-log1-my-topic-0-12-3.parquet')
  expect(parsePart('part-x.parquet')).toBe(null)
})

test.each([
  ['part-x.parquet', true],
  ['kind=a/day=1/part-x.parquet', true],
  ['kind=/part-x.parquet', true],
  ['../part-x.parquet', false],
  ['kind=a/../part-x.parquet', false],
  ['/part-x.parquet', false],
  ['kind=a/other.parquet', false],
  ['.hidden=1/part-x.parquet', false],
])('only names of the dataset are published files: %s', (path, isOurs) => {
  expect(isPartPath(path)).toBe(isOurs)
  expect(isPartitionFolder('plain')).toBe(false)
})
