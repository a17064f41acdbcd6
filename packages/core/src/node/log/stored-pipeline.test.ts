import { expect, it } from 'vitest'
import { memoryStorage } from '../../testing/memory-storage.ts'
import { beginStoredPipeline, readStoredPipeline, storedLogId } from './stored-pipeline.ts'

const pipeline = (logId: string) => ({ name: 'p', logId, topics: [], partitions: [], fingerprint: null, remove: {} })
const name = '00000000000000000000.json'

it('is created once: of many that begin at a time all get the same', async () => {
  const storage = memoryStorage()
  expect([await readStoredPipeline(storage), await storedLogId(storage)]).toEqual([null, null])
  const all = await Promise.all(['x', 'y', 'z'].map((id) => beginStoredPipeline(storage.open(), pipeline(id))))
  expect(new Set(all.map((record) => record?.logId)).size).toBe(1)
  expect([await readStoredPipeline(storage), await storedLogId(storage)]).toEqual([all[0], all[0]?.logId])
})

it.each([[`x/tickets-0/${name}`], [`tickets-0/${name}`]])('is missed where there is a record: %s', async (path) => {
  const storage = memoryStorage()
  await storage.create(path, [])
  await expect(beginStoredPipeline(storage, pipeline('y'))).rejects.toMatchObject({ code: 'LOG_DAMAGED' })
})

it('is not missed where a log of its own lies below, or files of others', async () => {
  const storage = memoryStorage()
  for (const path of [`other/x/tickets-0/${name}`, 'other/pipeline.json', 'notes/readme.txt']) await storage.create(path, [])
  expect(await beginStoredPipeline(storage, pipeline('y'))).toMatchObject({ logId: 'y' })
})

it.each([['../x'], ['']])('refuses the id %j', async (id) => {
  await expect(beginStoredPipeline(memoryStorage(), pipeline(id))).rejects.toMatchObject({ code: 'OPTION_INVALID' })
})
