import { compact } from '@tickets/sinks'
import { expect, test } from 'vitest'
import { deadDataset } from '../../test/dead-letters.ts'
import { storageAt } from '../disk/disk-storage.ts'
import { LetterIndexer } from './letter-index.ts'

test('letters are found by partition and position, whatever files they are in', async () => {
  const dir = await deadDataset()
  const indexer = new LetterIndexer(storageAt(dir))
  const found = async () => [...(await indexer.index()).partitions.values()].map(({ id, places }) => [id, places.map(({ position }) => position)])
  const before = await found()
  expect(before).toEqual([
    ['memory-0', [1, 2, 4, 5, 7, 8]],
    ['memory-1', [0, 1, 5]],
  ])
  await compact(dir)
  expect(await found()).toEqual(before)
  expect((await indexer.index()).log).toMatch(/^[\da-f]+$/)
})
