import { afterAll, describe, expect, test } from 'vitest'
import { type Fault, type FaultyProxy, startProxy } from '../../../../test/s3/proxy.ts'
import { placeAt, sharedStore } from '../../../../test/s3/shared.ts'
import { s3 } from './s3-storage.ts'

const endpoint = await sharedStore('fenced', 'records in a bucket')
const bytes = (text: string) => new TextEncoder().encode(text)
const text = (content: Uint8Array | null) => content && Buffer.from(content).toString()

describe.skipIf(!endpoint)('creating a record', () => {
  let proxy: Promise<FaultyProxy> | undefined
  const through = async (options: { maxAttempts?: number } = {}) => {
    proxy ??= startProxy(endpoint ?? '')
    return { proxy: await proxy, storage: s3({ ...(await placeAt(endpoint ?? '', (await proxy).endpoint)), ...options }) }
  }
  afterAll(async () => (await proxy)?.stop())

  test('10.1 of many that create one, exactly one succeeds, and its content is there', async () => {
    const { proxy, storage } = await through()
    proxy.plan([])
    for (let n = 0; n < 4; n++) {
      const results = await Promise.all(Array.from({ length: 12 }, (_, i) => storage.create(`${n}`, [bytes(`writer ${i}`)])))
      expect(results.filter(Boolean)).toHaveLength(1)
      expect(text(await storage.read(`${n}`))).toBe(`writer ${results.indexOf(true)}`)
    }
  })

  const faults: Fault[] = ['lost request', 'lost answer', 'late', 'slow', 'repeated', 'done and 500', 409, 500, 503]
  // Without tries of the client it is our own loop that ends right; with them the client may repeat what was done.
  test.each(faults.flatMap((fault) => [1, 3].map((maxAttempts) => [fault, maxAttempts] as const)))(
    '10.1 is created once when its request meets "%s" and the client tries %i times',
    async (fault, maxAttempts) => {
      const { proxy, storage } = await through({ maxAttempts })
      proxy.plan([{ kind: 'PutObject', at: 1, fault }])
      expect(await storage.create('0', [bytes('ours')])).toBe(true)
      expect(proxy.happened).toBe(1)
      await proxy.settled()
      expect(text(await storage.read('0'))).toBe('ours')
    },
  )

  test.each(faults)('10.1 another record that is there is never taken for ours when the request meets "%s"', async (fault) => {
    const { proxy, storage } = await through({ maxAttempts: 1 })
    proxy.plan([])
    await storage.create('0', [bytes('theirs')])
    proxy.plan([{ kind: 'PutObject', at: 1, fault }])
    expect(await storage.create('0', [bytes('ours')])).toBe(false)
    expect(proxy.happened).toBe(1)
    await proxy.settled()
    expect(text(await storage.read('0'))).toBe('theirs')
  })

  test('10.1 fails with an error that may pass where neither the write nor the look is answered', async () => {
    const { proxy, storage } = await through({ maxAttempts: 1 })
    proxy.plan([
      { kind: 'PutObject', fault: 'lost answer' },
      { kind: 'GetObject', fault: 'lost request' },
    ])
    await expect(storage.create('0', [bytes('ours')])).rejects.toMatchObject({ code: 'STORAGE_FAILED', retryable: true })
  })

  test('10.1 fails at once without the right to write', async () => {
    const { proxy, storage } = await through()
    proxy.plan([{ kind: 'PutObject', fault: 403 }])
    await expect(storage.create('0', [bytes('ours')])).rejects.toMatchObject({ code: 'STORAGE_FAILED', retryable: false })
    expect(proxy.happened).toBe(1)
  })
})
