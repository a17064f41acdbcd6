import { afterAll, describe, expect, test } from 'vitest'
import { type Fault, startProxy } from '../../../../test/s3/proxy.ts'
import { placeAt, sharedStore } from '../../../../test/s3/shared.ts'
import { s3 } from './s3-storage.ts'

const endpoint = await sharedStore('fenced', 'removing objects')

describe.skipIf(!endpoint)('removing', () => {
  const proxy = startProxy(endpoint ?? '')
  afterAll(async () => (await proxy).stop())
  const make = async (names: readonly string[]) => {
    const store = await proxy
    store.plan([])
    const storage = s3(await placeAt(endpoint ?? '', store.endpoint))
    for (const name of names) await storage.replace(name, [new TextEncoder().encode(name)])
    return { store, storage }
  }

  test.each<Fault>(['lost request', 'lost answer', 'late', 'slow', 'repeated', 'done and 500', 500, 503])(
    'ends right when its request meets "%s"',
    async (fault) => {
      const { store, storage } = await make(['a', 'b', 'c', 'd'])
      for (const [kind, paths] of [
        ['DeleteObjects', ['a', 'b', 'gone']],
        ['DeleteObject', ['c']],
      ] as const) {
        store.plan([{ kind, at: 1, fault }])
        await storage.remove(paths)
        expect(store.happened).toBe(1)
      }
      await store.settled()
      expect(await storage.names('')).toEqual(['d'])
    },
  )

  test('removes one by one where a store has no request for many', async () => {
    const { store, storage } = await make(['a', 'b', 'c'])
    store.plan([{ kind: 'DeleteObjects', fault: 501 }])
    await storage.remove(['a', 'b'])
    expect(await storage.names('')).toEqual(['c'])
    expect(storage.requests.DeleteObject).toBe(2)
  })

  test('fails without the right to delete', async () => {
    const { store, storage } = await make(['a', 'b'])
    store.plan([{ kind: 'DeleteObjects', fault: 403 }])
    await expect(storage.remove(['a', 'b'])).rejects.toMatchObject({ code: 'STORAGE_FAILED', retryable: false })
  })
})
