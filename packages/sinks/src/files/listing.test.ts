import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withFiles } from '../../test/helpers.ts'
import { storageAt } from '../disk/disk-storage.ts'
import { listParts, partsOf, reachedIn } from './listing.ts'

test('lists the published files of a dataset, in partitions too, and none of a dataset below it', async () => {
  const target = await withFiles(
    'part-log1-t-0-1-0.jsonl',
    'kind=a/part-log1-t-0-0-0.jsonl',
    'kind=b/.staging/owner.tickets',
    'kind=b/part-other-t-0-0-0.jsonl',
    'other/part-log1-t-0-0-0.jsonl',
    'notes.txt',
    '.staging/log1/all/t-0/2-a1/part-log1-t-0-2-0.jsonl.tmp',
  )
  expect(await listParts(storageAt(target))).toEqual(['kind=a/part-log1-t-0-0-0.jsonl', 'part-log1-t-0-1-0.jsonl'])
})

test('finds the published files of the logs that lost the dataset', async () => {
  const target = storageAt(await withFiles('part-old-t-0-0-0.jsonl', 'kind=a/part-old-t-0-1-0.jsonl', 'kind=b/part-new-t-0-0-0.jsonl'))
  expect(await partsOf(target, ['old'])).toEqual(['kind=a/part-old-t-0-1-0.jsonl', 'part-old-t-0-0-0.jsonl'])
  expect(await partsOf(target, [])).toEqual([])
})

test('tells what the log must have reached: published files, and staged ones less the two that may be ahead', async () => {
  const log = { id: 'log1', flow: 'all', tasks: ['t-0', 't-1'] }
  const target = await withFiles(
    'part-log1-t-0-3-0.jsonl',
    'part-log2-t-0-9-0.jsonl',
    'part-log1-compact-7-0.jsonl',
    '.staging/log1/all/t-1/6-a1/x.tmp',
  )
  expect(await reachedIn(storageAt(target), log)).toEqual({ 't-0': 3, 't-1': 4 })
  expect(await reachedIn(storageAt(join(target, 'missing')), log)).toEqual({})
})
