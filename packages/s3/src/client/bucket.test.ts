import { afterAll, describe, expect, test } from 'vitest'
import { startProxy } from '../../../../test/s3/proxy.ts'
import { placeAt, sharedStore } from '../../../../test/s3/shared.ts'
import { checked } from '../storage/options.ts'
import { Bucket, clientOf, makeClient } from './bucket.ts'

const endpoint = await sharedStore('fenced', 'requests to a bucket')
const bytes = (text: string) => new TextEncoder().encode(text)

test('a client that was made has timeouts and tries, unless the options say otherwise', async () => {
  const client = makeClient({ region: 'eu-central-1' })
  const handler = client.config.requestHandler as { readonly configProvider?: Promise<object> }
  expect(await handler.configProvider).toMatchObject({ connectionTimeout: 10_000, socketTimeout: 30_000, throwOnRequestTimeout: true })
  expect(await client.config.maxAttempts()).toBe(5)
  expect(await makeClient({ region: 'eu-central-1', maxAttempts: 2 }).config.maxAttempts()).toBe(2)
})

test('a client that is passed in is used as it is, and what is none is refused', () => {
  const client = makeClient({ region: 'eu-central-1' })
  expect(clientOf(client, {})).toBe(client)
  expect(clientOf({}, {})).toBeNull()
})

/** A client that answers with given pages, one after another. */
function answering(pages: readonly object[]) {
  const inputs: object[] = []
  const send = async ({ input }: { input: object }) => {
    inputs.push(input)
    return { $metadata: {}, ...pages[inputs.length - 1] }
  }
  return { inputs, bucket: new Bucket('lake', { send } as never) }
}

test('a listing of uploads reads all pages', async () => {
  const { inputs, bucket } = answering([
    { IsTruncated: true, NextKeyMarker: 'p/b', NextUploadIdMarker: '2', Uploads: [{ Key: 'p/a', UploadId: '1' }] },
    {
      Uploads: [
        { Key: 'p/b', UploadId: '3' },
        { Key: 'elsewhere', UploadId: '4' },
      ],
    },
  ])
  expect(await bucket.uploads('p/')).toEqual([
    { key: 'p/a', id: '1' },
    { key: 'p/b', id: '3' },
  ])
  expect(inputs[1]).toMatchObject({ KeyMarker: 'p/b', UploadIdMarker: '2' })
  expect(bucket.requests.ListMultipartUploads).toBe(2)
})

test('a deletion fails with the first object that was refused', async () => {
  const { bucket } = answering([
    {
      Errors: [
        { Key: 'a', Code: 'NoSuchKey' },
        { Key: 'b', Code: 'AccessDenied' },
      ],
    },
    { Errors: [] },
  ])
  await expect(bucket.deleteMany(['a', 'b'])).rejects.toMatchObject({
    code: 'STORAGE_FAILED',
    message: expect.stringMatching(/lake\/b .*s3:DeleteObject/),
  })
  await bucket.deleteMany(['a'])
})

describe.skipIf(!endpoint)('in a store', () => {
  const proxy = startProxy(endpoint ?? '')
  afterAll(async () => (await proxy).stop())
  const make = async () => {
    const { bucket, prefix } = checked(await placeAt(endpoint ?? '', (await proxy).endpoint))
    return { bucket, prefix }
  }

  test('lists objects page by page, with folders where a delimiter is given', async () => {
    const { bucket, prefix } = await make()
    const keys = Array.from({ length: 1005 }, (_, i) => `${prefix}/${String(i).padStart(4, '0')}`)
    await Promise.all(
      Array.from({ length: 8 }, async (_, w) => {
        for (let i = w; i < keys.length; i += 8) await bucket.put(keys[i] ?? '', bytes('x'))
      }),
    )
    await bucket.put(`${prefix}/z/1`, bytes('xy'))
    const listed: string[] = []
    for await (const { objects } of bucket.list(`${prefix}/`)) listed.push(...objects.keys())
    expect(listed).toEqual([...keys, `${prefix}/z/1`])
    expect(bucket.requests.ListObjectsV2).toBe(2)
    const folders: string[] = []
    for await (const page of bucket.list(`${prefix}/`, '/')) folders.push(...page.folders)
    expect(folders).toEqual([`${prefix}/z/`])
    await bucket.deleteMany(keys.slice(0, 1000))
    expect(await bucket.get(keys[999] ?? '')).toBeNull()
    expect(await bucket.get(keys[1000] ?? '')).toEqual(bytes('x'))
  })

  test('counts what the client repeats', async () => {
    const { bucket, prefix } = await make()
    const store = await proxy
    store.plan([{ kind: 'PutObject', at: 1, fault: 503 }])
    await bucket.put(`${prefix}/a`, bytes('x'))
    store.plan([{ kind: 'PutObject', fault: 500 }])
    await expect(bucket.put(`${prefix}/a`, bytes('x'))).rejects.toMatchObject({ code: 'STORAGE_FAILED', retryable: true })
    expect(bucket.requests.PutObject).toBe(2 + 5)
    store.plan([])
  })

  test('a read that is cut off is repeated', async () => {
    const { bucket, prefix } = await make()
    await bucket.put(`${prefix}/a`, bytes('content'))
    const store = await proxy
    store.plan([{ kind: 'GetObject', at: 1, fault: 'cut off' }])
    expect(await bucket.get(`${prefix}/a`)).toEqual(bytes('content'))
    expect(store.happened).toBe(1)
    store.plan([])
  })
})
