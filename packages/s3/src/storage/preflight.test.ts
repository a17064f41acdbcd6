import { afterAll, describe, expect, test } from 'vitest'
import { type FaultyProxy, startProxy } from '../../../../test/s3/proxy.ts'
import { placeAt, sharedStore } from '../../../../test/s3/shared.ts'
import type { RequestKind } from '../client/requests.ts'
import { s3 } from './s3-storage.ts'

const [fenced, racing] = [await sharedStore('fenced', 'the preflight check'), await sharedStore('racing', 'unsafe stores')]

describe.skipIf(!fenced)('a store with conditional writes', () => {
  let proxy: Promise<FaultyProxy> | undefined
  const through = async () => {
    proxy ??= startProxy(fenced ?? '')
    return { proxy: await proxy, place: await placeAt(fenced ?? '', (await proxy).endpoint) }
  }
  afterAll(async () => (await proxy)?.stop())

  test('10.2 passes, and nothing of the check is left', async () => {
    const storage = s3(await placeAt(fenced ?? ''))
    await storage.check()
    // A read for each writer that is refused would be 90 more.
    expect(storage.requests.GetObject).toBeLessThan(20)
    expect(await storage.walk({ file: () => true, folder: () => true })).toBeNull()
  })

  test('10.2 is not refused for answers that were lost', async () => {
    const { proxy, place } = await through()
    const storage = s3(place)
    proxy.plan([
      { kind: 'PutObject', at: 1, fault: 'lost answer' },
      { kind: 'PutObject', at: 9, fault: 'lost answer' },
      { kind: 'PutObject', at: 20, fault: 409 },
      { kind: 'CompleteMultipartUpload', at: 1, fault: 'done and 500' },
    ])
    await storage.check()
    expect(proxy.happened).toBe(4)
  })

  test.each<[RequestKind, string]>([
    ['PutObject', 's3:PutObject'],
    ['GetObject', 's3:GetObject'],
    ['ListObjectsV2', 's3:ListBucket'],
    ['ListMultipartUploads', 's3:ListBucketMultipartUploads'],
    ['AbortMultipartUpload', 's3:AbortMultipartUpload'],
    ['DeleteObjects', 's3:DeleteObject'],
  ])('10.2 without the right to %s the start is refused, and the message names %s', async (kind, right) => {
    const { proxy, place } = await through()
    proxy.plan([{ kind, fault: 403 }])
    const refused = s3(place).check()
    await expect(refused).rejects.toMatchObject({ code: 'TARGET_UNUSABLE', retryable: false, message: expect.stringContaining(`lack ${right} on`) })
    // A check that failed is made again.
    proxy.plan([])
    await s3(place).check()
  })

  test('10.2 a store without a request that is needed is refused as unsafe', async () => {
    const { proxy, place } = await through()
    proxy.plan([{ kind: 'ListMultipartUploads', fault: 501 }])
    await expect(s3(place).check()).rejects.toMatchObject({ code: 'STORAGE_UNSAFE', retryable: false })
  })

  test('10.2 a store that fails for the moment may be tried again', async () => {
    const { proxy, place } = await through()
    proxy.plan([{ kind: 'ListObjectsV2', fault: 503 }])
    await expect(s3({ ...place, maxAttempts: 2 }).check()).rejects.toMatchObject({ code: 'TARGET_UNUSABLE', retryable: true })
  })
})

describe.skipIf(!racing)('a store whose conditional writes race', () => {
  test('10.2 is refused', async () => {
    const storage = s3(await placeAt(racing ?? ''))
    await expect(storage.check()).rejects.toMatchObject({ code: 'STORAGE_UNSAFE', message: expect.stringMatching(/of 16 PutObject .* succeeded/) })
    expect(await storage.walk({ file: () => true, folder: () => true })).toBeNull()
  })
})
