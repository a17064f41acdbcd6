import { describe, expect, it } from 'vitest'
import type { LogRecord, PipelineRecord } from '../../connectors/commit-log.ts'
import type { Storage } from '../../connectors/storage.ts'
import { changed } from '../../testing/contracts/changed-storage.fixture.ts'
import { type MemoryStorage, memoryStorage } from '../../testing/memory-storage.ts'
import { commitLog } from './commit-log.ts'

const TASK = 'tickets-0'
const entry = (n: number, attempt = 'a'): LogRecord => ({ n, attempt, files: {}, body: { at: n } })
const pipeline: PipelineRecord = { name: 'p', logId: 'x', topics: [], partitions: [], fingerprint: null, remove: {} }
async function filled(count: number) {
  const storage = memoryStorage('log')
  const log = commitLog(storage)
  await log.begin(pipeline)
  for (let n = 0; n < count; n++) await log.append(TASK, entry(n))
  return storage
}
const over = (storage: MemoryStorage, changes: Partial<Storage>) => commitLog(changed(storage, () => changes))
const timeout = () => Promise.reject(Object.assign(new Error('timeout'), { retryable: true }))

describe('an answer of create that was lost (3.3)', () => {
  it.each([
    ['after the record was made', true],
    ['before', false],
  ])('%s: the next try of the same attempt says appended, one of another exists', async (_, isMade) => {
    const storage = await filled(1)
    const create: Storage['create'] = async (path, parts) => {
      if (isMade) await storage.create(path, parts)
      return timeout()
    }
    await expect(over(storage, { create }).append(TASK, entry(1))).rejects.toMatchObject({ code: 'LOG_UNUSABLE', retryable: true })
    expect(storage.files.size).toBe(isMade ? 3 : 2)
    expect(await commitLog(storage).append(TASK, entry(1))).toBe('appended')
    expect(await commitLog(storage).append(TASK, entry(1, 'b'))).toBe('exists')
    expect(await commitLog(storage).head(TASK)).toEqual(entry(1))
  })

  it('by a storage that then finds its own record: appended', async () => {
    const storage = await filled(1)
    const create: Storage['create'] = (path, parts) => storage.create(path, parts).then(() => false)
    expect(await over(storage, { create }).append(TASK, entry(1))).toBe('appended')
  })
})

describe('a create that is refused', () => {
  it('where the record of another was pruned meanwhile: exists', async () => {
    const storage = await filled(2)
    const create: Storage['create'] = async () => {
      const other = commitLog(storage)
      for (const n of [2, 3]) await other.append(TASK, entry(n, 'b'))
      await other.prune(TASK, 3)
      return false
    }
    expect(await over(storage, { create }).append(TASK, entry(2))).toBe('exists')
  })

  it('where there is no record is tried again', async () => {
    const storage = await filled(1)
    let refused = 0
    const create: Storage['create'] = async (path, parts) => (refused++ < 2 ? false : storage.create(path, parts))
    expect(await over(storage, { create }).append(TASK, entry(1))).toBe('appended')
    await expect(over(storage, { create: async () => false }).append(TASK, entry(2))).rejects.toMatchObject({ code: 'LOG_UNUSABLE', retryable: true })
  })
})

describe('processes of one task at once', () => {
  it('a head that is pruned while it is read is followed by the next one', async () => {
    const storage = await filled(2)
    let isFirst = true
    const read: Storage['read'] = async (path) => {
      if (isFirst && path.endsWith('1.json')) {
        isFirst = false
        await commitLog(storage).append(TASK, entry(2, 'b'))
        await commitLog(storage).prune(TASK, 2)
      }
      return storage.read(path)
    }
    expect(await over(storage, { read }).head(TASK)).toEqual(entry(2, 'b'))
  })

  it('a head that is listed and never there is an error, not a loop', async () => {
    const storage = await filled(2)
    const read: Storage['read'] = (path) => (path.endsWith('1.json') ? Promise.resolve(null) : storage.read(path))
    await expect(over(storage, { read }).head(TASK)).rejects.toMatchObject({ code: 'LOG_UNUSABLE', retryable: true })
  })

  it('a record that is created while a reader lists is neither missed nor taken for lost', async () => {
    const storage = await filled(2)
    let beforeAnswer = async () => {}
    const names: Storage['names'] = async (folder) => {
      const found = await storage.names(folder)
      await beforeAnswer()
      return found
    }
    const log = over(storage, { names })
    expect(await log.latest(TASK)).toBe(1)
    beforeAnswer = async () => {
      beforeAnswer = async () => {}
      await log.append(TASK, entry(2))
    }
    // The listing of the merge, which began before the commit.
    expect(await log.latest(TASK)).toBe(1)
    await log.prune(TASK, 2)
    expect([...storage.files.keys()]).toEqual(['pipeline.json', `x/${TASK}/00000000000000000002.json`])
    expect(await log.latest(TASK)).toBe(2)
  })
})
