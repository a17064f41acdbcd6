import { expect, test } from 'vitest'
import { restCatalog } from './rest-catalog.ts'

const storage = null as never

/** A table of a catalog that answers each path with these statuses, and the requests that it got. */
function tableOf(answers: Readonly<Record<string, readonly number[]>>, name = 'a.b c.t') {
  const sent: [string, unknown][] = []
  const counts = new Map<string, number>()
  const fetch = (async (url: string, init: RequestInit) => {
    const key = `${init.method} ${url.replace('http://host/v1/', '')}`
    sent.push([key, init.body && JSON.parse(init.body as string)])
    const count = counts.get(key) ?? 0
    counts.set(key, count + 1)
    const statuses = answers[key] ?? [200]
    const status = statuses[Math.min(count, statuses.length - 1)] as number
    return new Response(JSON.stringify({ metadata: { location: 'x' }, error: { message: 'why' } }), {
      status,
      headers: { 'content-type': 'application/json' },
    })
  }) as typeof globalThis.fetch
  return { sent, table: restCatalog({ uri: 'http://host', fetch }).table(name, storage, '') }
}
const path = 'namespaces/a%1Fb%20c/tables'
const table = {
  location: 's3://b/t',
  schema: { type: 'struct' as const, 'schema-id': 0, fields: [] },
  spec: { 'spec-id': 0, fields: [] },
  properties: { x: '1' },
}
const change = { requirements: [], updates: [] }

test('loads a table, and finds none', async () => {
  expect(await tableOf({}).table.load()).toEqual({ location: 'x' })
  expect(await tableOf({ [`GET ${path}/t?snapshots=refs`]: [404] }).table.load()).toBeNull()
  await expect(tableOf({ [`GET ${path}/t?snapshots=refs`]: [403] }).table.load()).rejects.toMatchObject({
    code: 'TARGET_UNUSABLE',
    message: expect.stringContaining('a.b c.t'),
  })
})

test('makes a table, with its namespaces where there are none, and is content where another made it', async () => {
  const { table: made, sent } = tableOf({ [`POST ${path}`]: [404, 200], 'POST namespaces': [409, 200] })
  await made.create(table)
  expect(sent.slice(1)).toEqual([
    [`POST ${path}`, expect.objectContaining({ name: 't', location: 's3://b/t', properties: { 'format-version': '2', x: '1' } })],
    ['POST namespaces', { namespace: ['a'], properties: {} }],
    ['POST namespaces', { namespace: ['a', 'b c'], properties: {} }],
    [`POST ${path}`, expect.objectContaining({ name: 't' })],
  ])
  await tableOf({ [`POST ${path}`]: [409] }).table.create(table)
  await expect(tableOf({ [`POST ${path}`]: [500] }).table.create(table)).rejects.toMatchObject({ code: 'SINK_FAILED', retryable: true })
})

test('a change is made, or another came before, or nothing is known of it', async () => {
  expect(await tableOf({}).table.commit(change)).toBe(true)
  expect(await tableOf({ [`POST ${path}/t`]: [409] }).table.commit(change)).toBe(false)
  for (const status of [500, 502, 504])
    await expect(tableOf({ [`POST ${path}/t`]: [status] }).table.commit(change)).rejects.toMatchObject({ retryable: true })
  await expect(tableOf({ [`POST ${path}/t`]: [400] }).table.commit(change)).rejects.toMatchObject({ retryable: false, code: 'TARGET_UNUSABLE' })
})

test('a later version of a flow has a table of its own', () => {
  const open = (name: string | undefined) => restCatalog({ uri: 'http://host' }).table(name, storage, '.v2')
  expect(open('lake.tickets').name).toBe('lake.tickets_v2')
  for (const name of [undefined, 'tickets', 'lake.', '.tickets'])
    expect(() => open(name)).toThrow(/table names one of the catalog with its namespace/)
  expect(() => restCatalog({ uri: 'host:8181' })).toThrow(/uri of a restCatalog/)
})
