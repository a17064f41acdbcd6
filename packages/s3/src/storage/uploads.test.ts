import { afterAll, describe, expect, test } from 'vitest'
import { type Fault, startProxy } from '../../../../test/s3/proxy.ts'
import { placeAt, sharedStore } from '../../../../test/s3/shared.ts'
import { type S3Storage, s3 } from './s3-storage.ts'
import { uploadOf } from './uploads.ts'

const endpoint = await sharedStore('fenced', 'uploads')
const task = { logId: 'log1', task: 'topic-0', flow: 'flow' }

test('an entry of another storage names no upload', () => {
  for (const upload of [undefined, null, {}, { id: '', etags: [] }, { id: 'u', etags: [1] }])
    expect(() => uploadOf({ name: 'part-a', bytes: 1, ...(upload !== undefined && { upload: upload as never }) })).toThrow(
      expect.objectContaining({ code: 'LOG_DAMAGED' }),
    )
  expect(uploadOf({ name: 'part-a', bytes: 1, upload: { id: 'u', etags: ['e'] } })).toEqual({ id: 'u', etags: ['e'] })
})

describe.skipIf(!endpoint)('in a store', () => {
  const proxy = startProxy(endpoint ?? '')
  afterAll(async () => (await proxy).stop())
  const make = async () => {
    const store = await proxy
    store.plan([])
    return { store, storage: s3(await placeAt(endpoint ?? '', store.endpoint)) }
  }

  async function stage(storage: S3Storage, n: number, attempt: string, { of = task.task, k = 0, log = 'log1', folder = '' } = {}) {
    const staging = `.staging/${log}/flow/${of}/${n}-${attempt}`
    const name = `${folder}part-${log}-${of}-${n}-${k}.bin`
    const staged = await storage.stage(staging, name, [new TextEncoder().encode(`${n}-${attempt}`)], { mustExist: true })
    return { staging, files: [{ name, ...staged }] }
  }

  test('10.4 a sweep removes below the head and other attempts at it, in folders of partitions too, and nothing else', async () => {
    const { storage } = await make()
    const below = await stage(storage, 1, 'a', { folder: 'day=1/hour=2/' })
    const head = await stage(storage, 2, 'a')
    const other = await stage(storage, 2, 'b')
    const above = await stage(storage, 3, 'c')
    const elsewhere = await stage(storage, 0, 'a', { of: 'topic-1' })
    const foreign = await stage(storage, 0, 'a', { log: 'log2' })
    const beside = await stage(storage.below('x'), 3, 'a')
    await storage.sweep(task, { n: 2, attempt: 'a' })
    await storage.sweep(task, { n: 2, attempt: 'a' })
    expect([await storage.isStaged(below), await storage.isStaged(other)]).toEqual([false, false])
    for (const kept of [head, above, elsewhere, foreign]) expect(await storage.isStaged(kept)).toBe(true)
    expect(await storage.below('x').isStaged(beside)).toBe(true)
    expect((await storage.staged(task)).toSorted()).toEqual([2, 3])
    expect(await storage.staged({ ...task, flow: '' })).toHaveLength(2)
  })

  test('10.4 attempts of other processes at the number of the head go once the head is published', async () => {
    const { store, storage } = await make()
    const head = await stage(storage, 2, 'a')
    // Its id is lost with the answer, as it would be with the process that staged it.
    store.plan([{ kind: 'CreateMultipartUpload', at: 1, fault: 'lost answer' }])
    await storage.discard(await stage(storage, 2, 'dead', { k: 1 }))
    store.plan([])
    await storage.sweep(task, { n: 2, attempt: 'a' })
    expect(await storage.staged(task)).toEqual([2])
    await storage.publish(head, false)
    expect(await storage.staged(task)).toEqual([2])
    await storage.sweep(task, { n: 2, attempt: 'a' })
    expect(await storage.staged(task)).toEqual([])
  })

  const faults: Fault[] = ['lost request', 'lost answer', 'late', 'slow', 'repeated', 'done and 500', 500, 503]
  test.each(faults)('10.4 a sweep ends right when its requests meet "%s"', async (fault) => {
    const { store, storage } = await make()
    for (const k of [0, 1]) await stage(storage, 1, 'a', { k })
    const above = await stage(storage, 3, 'a')
    store.plan([
      { kind: 'ListMultipartUploads', at: 1, fault },
      { kind: 'AbortMultipartUpload', at: 1, fault },
      { kind: 'AbortMultipartUpload', at: 2, fault },
    ])
    await storage.sweep(task, { n: 2, attempt: 'a' })
    expect(store.happened).toBe(3)
    await store.settled()
    expect(await storage.staged(task)).toEqual([3])
    expect(await storage.isStaged(above)).toBe(true)
  })
})
