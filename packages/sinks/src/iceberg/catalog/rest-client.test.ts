import { expect, test } from 'vitest'
import { exactJson } from '../spec/exact-json.ts'
import { RestClient, type RestOptions, restError } from './rest-client.ts'

/** A client of a catalog that gives these answers, and the requests that it got. */
function clientOf(options: Partial<RestOptions>, answer: (url: string, count: number) => { status?: number; body?: unknown; text?: string }) {
  const sent: { url: string; method: string; headers: Record<string, string>; body: string | undefined }[] = []
  const fetch = (async (url: string, init: RequestInit) => {
    sent.push({ url, method: init.method ?? '', headers: init.headers as Record<string, string>, body: init.body as string | undefined })
    const { status = 200, body, text } = answer(url, sent.length)
    return new Response(text ?? exactJson(body ?? {}), {
      status,
      headers: { 'content-type': text === undefined ? 'application/json' : 'text/html' },
    })
  }) as typeof globalThis.fetch
  return { sent, client: new RestClient({ uri: 'http://host/catalog/', fetch, ...options }) }
}

test('asks for the configuration once, and goes where it says', async () => {
  const { client, sent } = clientOf({ warehouse: 'a b', token: 't', headers: { 'x-more': '1' } }, (url) =>
    url.includes('config')
      ? { body: { defaults: { prefix: 'no' }, overrides: { prefix: 'ws/1', 'namespace-separator': '%2E' } } }
      : { body: { id: 1 } },
  )
  expect(await client.request('POST', 'namespaces', { id: 2n ** 62n })).toEqual({ status: 200, content: { id: 1 } })
  await client.request('GET', 'namespaces')
  expect(sent.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'GET http://host/catalog/v1/config?warehouse=a+b',
    'POST http://host/catalog/v1/ws/1/namespaces',
    'GET http://host/catalog/v1/ws/1/namespaces',
  ])
  expect(sent[1]).toMatchObject({
    body: '{"id":4611686018427387904}',
    headers: { authorization: 'Bearer t', 'x-more': '1', 'content-type': 'application/json' },
  })
  expect((await client.config()).separator).toBe('%2E')
})

test('reads whole numbers of 63 bits as they are', async () => {
  const { client } = clientOf({}, (url) => (url.includes('config') ? {} : { body: { id: 2n ** 62n + 1n } }))
  expect((await client.request('GET', 'x')).content).toEqual({ id: 2n ** 62n + 1n })
})

test('a credential is exchanged for a token, which is renewed when it ends or is refused', async () => {
  let tokens = 0
  const { client, sent } = clientOf({ credential: 'me:se:cret', scope: 'all' }, (url, count) => {
    if (url.includes('oauth')) return { body: { access_token: `t${++tokens}`, expires_in: 3600 } }
    return count === 4 ? { status: 401 } : {}
  })
  await client.request('GET', 'a')
  expect(sent.map(({ url }) => url.replace('http://host/catalog/v1/', ''))).toEqual(['oauth/tokens', 'config', 'a'])
  expect(sent[0]?.body).toBe('grant_type=client_credentials&client_id=me&client_secret=se%3Acret&scope=all')
  expect((await client.request('GET', 'b')).status).toBe(200)
  expect(sent.slice(3).map(({ headers }) => headers.authorization)).toEqual(['Bearer t1', undefined, 'Bearer t2'])
})

test('a token that a function gives is asked for with each request, and once more when it is refused', async () => {
  let asked = 0
  const { client, sent } = clientOf({ token: async () => `t${++asked}` }, (_, count) => (count === 2 ? { status: 419 } : {}))
  await client.request('GET', 'a')
  expect(sent.map(({ headers }) => headers.authorization)).toEqual(['Bearer t1', 'Bearer t2', 'Bearer t3'])
})

test('a catalog that gives no answer, or not the one that was asked for, is an error that says what to do', async () => {
  const unreachable = clientOf({}, () => {
    throw new TypeError('fetch failed')
  })
  await expect(unreachable.client.request('GET', 'a')).rejects.toMatchObject({
    code: 'SINK_FAILED',
    retryable: true,
    message: expect.stringContaining('http://host/catalog/v1/config'),
  })
  const refused = clientOf({}, () => ({ status: 403, body: { error: { message: 'not yours', type: 'ForbiddenException' } } }))
  await expect(refused.client.request('GET', 'a')).rejects.toMatchObject({
    code: 'TARGET_UNUSABLE',
    message: expect.stringMatching(/403 ForbiddenException: not yours/),
  })
  const page = clientOf({}, (url) => (url.includes('config') ? {} : { status: 502, text: '<html>' }))
  const answer = await page.client.request('GET', 'a')
  expect(answer).toEqual({ status: 502, content: null })
  expect(restError(answer, 'asking')).toMatchObject({
    code: 'SINK_FAILED',
    retryable: true,
    message: 'asking failed (status 502): look at the catalog, and run again',
  })
})

test('a configuration that could not be read is asked for again', async () => {
  const { client } = clientOf({}, (_, count) => (count === 1 ? { status: 503 } : {}))
  await expect(client.request('GET', 'a')).rejects.toMatchObject({ retryable: true })
  expect((await client.request('GET', 'a')).status).toBe(200)
})
