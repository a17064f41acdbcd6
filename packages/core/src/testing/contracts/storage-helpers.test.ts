import { expect, test } from 'vitest'
import { memoryStorage } from '../memory-storage.ts'
import { asRecorded, bytesOf, hiddenFile, namesOf, pathOf, pathsOf, stage, textOf } from './storage-helpers.ts'

test('a range is staged with what its record needs', async () => {
  const storage = memoryStorage()
  expect(await stage(storage, 3, 'a', ['one', 'two'])).toEqual({
    staging: '.staging/aaaa0000/flow/tickets-0/3-a',
    files: [
      { name: 'part-aaaa0000-tickets-0-3-0.parquet', bytes: 3, crc32: 2053932785 },
      { name: 'day=2026-11-21/part-aaaa0000-tickets-0-3-1.parquet', bytes: 3, crc32: 298486374 },
    ],
  })
  expect(storage.hidden).toHaveLength(2)
})

test('a record keeps what publishing needs, and nothing that is not there', () => {
  const upload = { id: 'u', etags: ['e'] }
  expect(asRecorded({ staging: 's', files: [hiddenFile('a', bytesOf('x'), upload), hiddenFile('b', bytesOf(''))] })).toEqual({
    staging: 's',
    files: [
      { name: 'a', bytes: 1, crc32: 2363233923, upload },
      { name: 'b', bytes: 0, crc32: 0 },
    ],
  })
})

test('what readers see leaves out the folder of what is hidden', async () => {
  const storage = memoryStorage()
  for (const path of ['.staging/owner.tickets', pathOf(1), 'a/b']) await storage.create(path, [bytesOf(path)])
  expect(await namesOf(storage)).toEqual(['a', pathOf(1)])
  expect(await pathsOf(storage)).toEqual(['a/b', pathOf(1)])
  expect([await textOf(storage, 'a/b'), await textOf(storage, 'b')]).toEqual(['a/b', null])
})
