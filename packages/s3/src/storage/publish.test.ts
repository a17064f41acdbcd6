import { crc32 } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { type Fault, startProxy } from '../../../../test/s3/proxy.ts'
import { placeAt, sharedStore } from '../../../../test/s3/shared.ts'
import { type S3Storage, s3 } from './s3-storage.ts'

const endpoint = await sharedStore('fenced', 'publishing in a bucket')
const bytes = (text: string) => new TextEncoder().encode(text)
const text = (content: Uint8Array | null) => content && Buffer.from(content).toString()
const name = 'part-log1-topic-0-0-0.bin'

describe.skipIf(!endpoint)('publishing', () => {
  const proxy = startProxy(endpoint ?? '')
  afterAll(async () => (await proxy).stop())
  const make = async (options: { maxAttempts?: number } = {}) => {
    const store = await proxy
    store.plan([])
    const place = { ...(await placeAt(endpoint ?? '', store.endpoint)), ...options }
    return { store, storage: s3(place), other: s3(place) }
  }

  async function stage(storage: S3Storage, attempt: string, content: string, file = name) {
    const staging = `.staging/log1/flow/topic-0/0-${attempt}`
    const staged = await storage.stage(staging, file, [bytes(content)], { mustExist: true })
    return { staging, files: [{ name: file, ...staged, crc32: crc32(content) }] }
  }

  const faults: Fault[] = ['lost request', 'lost answer', 'late', 'slow', 'repeated', 'done and 500', 409, 500, 503]
  test.each(faults.flatMap((fault) => [1, 3].map((maxAttempts) => [fault, maxAttempts] as const)))(
    '10.3 a file gets its name once when its request meets "%s" and the client tries %i times',
    async (fault, maxAttempts) => {
      const { store, storage, other } = await make({ maxAttempts })
      const hidden = await stage(storage, 'a', 'ours')
      store.plan([{ kind: 'CompleteMultipartUpload', at: 1, fault }])
      await storage.publish(hidden, true)
      expect(store.happened).toBe(1)
      await store.settled()
      await other.publish(hidden, false)
      expect(text(await storage.read(name))).toBe('ours')
      expect(await storage.isStaged(hidden)).toBe(false)
    },
  )

  test('10.3 two processes that publish one range at once both succeed', async () => {
    const { storage, other } = await make()
    const parts = await Promise.all(Array.from({ length: 6 }, (_, k) => stage(storage, 'a', `file ${k}`, `part-log1-topic-0-0-${k}.bin`)))
    const hidden = { staging: parts[0]?.staging ?? '', files: parts.flatMap(({ files }) => files) }
    await Promise.all([storage.publish(hidden, true), other.publish(hidden, false), other.publish(hidden, false)])
    expect((await storage.names('')).toSorted()).toEqual(hidden.files.map((file) => file.name))
  })

  test('10.3 the object of another attempt is never replaced', async () => {
    const { storage } = await make()
    const [ours, theirs] = [await stage(storage, 'a', 'ours'), await stage(storage, 'b', 'theirs')]
    await storage.publish(theirs, true)
    await expect(storage.publish(ours, false)).rejects.toMatchObject({
      code: 'SINK_FAILED',
      retryable: false,
      message: expect.stringContaining(name),
    })
    expect(text(await storage.read(name))).toBe('theirs')
    expect(await storage.isStaged(ours)).toBe(true)
  })

  test('10.3 an object without its metadata is known by its content', async () => {
    const { storage } = await make()
    const hidden = await stage(storage, 'a', 'ours')
    await storage.publish(hidden, true)
    await storage.replace(name, [bytes('ours')])
    await storage.publish(hidden, false)
    await storage.replace(name, [bytes('oURS')])
    await expect(storage.publish(hidden, false)).rejects.toMatchObject({ code: 'STAGED_LOST' })
  })

  test.each(['of another attempt', 'of another client'])(
    '10.3 an object %s with our size is not taken for ours where our upload is gone',
    async (whose) => {
      const { storage } = await make()
      const ours = await stage(storage, 'a', 'ours!!')
      if (whose === 'of another client') await storage.replace(name, [bytes('theirs')])
      else await storage.publish(await stage(storage, 'b', 'theirs'), true)
      await storage.discard(ours)
      for (const isOwn of [true, false])
        await expect(storage.publish(ours, isOwn)).rejects.toMatchObject({
          code: 'STAGED_LOST',
          retryable: false,
          message: expect.stringMatching(new RegExp(`${name}.* is not the file .*gone`)),
        })
      expect(text(await storage.read(name))).toBe('theirs')
    },
  )

  test('10.3 what is neither staged nor published is lost, and said so', async () => {
    const { storage } = await make({ maxAttempts: 1 })
    const hidden = await stage(storage, 'a', 'ours')
    await storage.discard(hidden)
    await expect(storage.publish(hidden, false)).rejects.toMatchObject({ code: 'STAGED_LOST', retryable: false })
    expect(await storage.names('')).toEqual([])
  })

  test('10.3 parts that are not those of the record are not published', async () => {
    const { storage } = await make({ maxAttempts: 1 })
    const { staging, files } = await stage(storage, 'a', 'ours')
    const { id } = (files[0]?.upload ?? {}) as { id: string }
    const changed = { staging, files: files.map((file) => ({ ...file, upload: { id, etags: ['"0123456789abcdef0123456789abcdef"'] } })) }
    await expect(storage.publish(changed, false)).rejects.toMatchObject({ code: 'STAGED_DAMAGED' })
    expect(await storage.names('')).toEqual([])
  })

  test('10.3 fails with an error that may pass while the store does not answer', async () => {
    const { store, storage } = await make({ maxAttempts: 1 })
    const hidden = await stage(storage, 'a', 'ours')
    store.plan([{ kind: 'HeadObject', fault: 'lost request' }])
    await expect(storage.publish(hidden, true)).rejects.toMatchObject({ code: 'STORAGE_FAILED', retryable: true })
    store.plan([])
    await storage.publish(hidden, true)
    expect(text(await storage.read(name))).toBe('ours')
  })
})
