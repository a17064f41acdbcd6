import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, test } from 'vitest'
import { sharedRegistry } from '../../../../test/registry/shared.ts'
import { unique } from '../../test/helpers.ts'
import { RegistryClient } from './client.ts'
import { registryConnection } from './connection.ts'

const registry = await sharedRegistry('the client of schema registries')
const quick = { retryFor: 0 }
const avro = (fields: string) => ({
  schema: `{"type":"record","name":"R","fields":[${fields}]}`,
  schemaType: 'AVRO' as const,
  references: [],
})

describe.skipIf(!registry)('a real registry', () => {
  const client = new RegistryClient(registryConnection({ registry: registry ?? 'http://localhost' }))

  test('keeps schemas under subjects, each with an id', async () => {
    const subject = unique('a b/c')
    const schema = avro('{"name":"a","type":"int"}')
    expect(await client.version(subject, 'latest', quick)).toBe(null)
    expect(await client.lookUp(subject, schema, quick)).toBe(null)
    const id = await client.register(subject, schema, quick)
    expect(await client.register(subject, schema, quick)).toBe(id)
    expect(await client.lookUp(subject, schema, quick)).toBe(id)
    expect(await client.schemaById(id, quick)).toEqual(schema)
    expect(await client.version(subject, 1, quick)).toEqual({ ...schema, id })
    expect(await client.version(subject, 'latest', quick)).toEqual({ ...schema, id })
  })

  test('refuses a schema that the subject does not allow, and what is no schema', async () => {
    const subject = unique('strict')
    await client.register(subject, avro('{"name":"a","type":"int"}'), quick)
    await fetch(`${registry}/config/${subject}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"compatibility":"BACKWARD"}',
    })
    await expect(client.register(subject, avro('{"name":"a","type":"string"}'), quick)).rejects.toMatchObject({
      code: 'SCHEMA_MISMATCH',
      retryable: false,
    })
    await expect(client.register(unique('x'), { ...avro(''), schema: '{"type":' }, quick)).rejects.toMatchObject({ code: 'REGISTRY_REFUSED' })
  })

  test('has no schema with an unknown id', async () => {
    expect(await client.schemaById(2 ** 31 - 1, quick)).toBe(null)
  })

  test('says so when the path of the URL is wrong', async () => {
    const wrong = new RegistryClient(registryConnection({ registry: `${registry}/nowhere` }))
    await expect(wrong.schemaById(1, quick)).rejects.toThrow(/REGISTRY_REFUSED|check the path of `registry`|something else than JSON/)
  })
})

describe('a registry that fails', () => {
  const servers: ReturnType<typeof createServer>[] = []
  afterAll(() => servers.map((server) => server.close()))

  const serve = async (answer: RequestListener) => {
    const server = createServer(answer)
    servers.push(server)
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    return `127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  test('is asked again, and answers in the end', async () => {
    let calls = 0
    const at = await serve((_, response) => {
      calls++
      if (calls < 3) response.writeHead(503).end('starting')
      else response.end('{"schema":"\\"int\\""}')
    })
    const warnings: string[] = []
    const logger = { debug() {}, info() {}, error() {}, warn: (message: string) => void warnings.push(message) }
    const client = new RegistryClient(registryConnection({ registry: `http://${at}` }))
    expect(await client.schemaById(1, { retryFor: 60_000, logger })).toEqual({ schema: '"int"', schemaType: 'AVRO', references: [] })
    expect([calls, warnings.length]).toEqual([3, 2])
  })

  test('is unreachable, which can pass, and the error has no secret', async () => {
    const client = new RegistryClient(registryConnection({ registry: 'http://user:sesame@127.0.0.1:1' }))
    const error = await client.schemaById(1, quick).catch((e: unknown) => e)
    expect(error).toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      retryable: true,
      message: expect.stringContaining('start it, or correct `registry`'),
    })
    expect(JSON.stringify(error) + String(error)).not.toContain('sesame')
  })

  test('stops being asked when the reader is closed', async () => {
    const client = new RegistryClient(registryConnection({ registry: 'http://127.0.0.1:1' }))
    const closing = new AbortController()
    const asked = client.schemaById(1, { retryFor: 60_000, signal: closing.signal })
    closing.abort()
    await expect(asked).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' })
  })

  test('refuses a login', async () => {
    const seen: (string | undefined)[] = []
    const at = await serve((request, response) => {
      seen.push(request.headers.authorization)
      response.writeHead(401).end('{"error_code":401,"message":"no"}')
    })
    const client = new RegistryClient(registryConnection({ registry: `http://${at}`, bearer: () => 'sesame' }))
    const error = await client.schemaById(1, { retryFor: 60_000 }).catch((e: unknown) => e)
    expect(error).toMatchObject({ code: 'REGISTRY_REFUSED', retryable: false })
    expect(String(error)).not.toContain('sesame')
    expect(seen).toEqual(['Bearer sesame'])
  })

  test('answers with something else than JSON', async () => {
    const at = await serve((_, response) => response.end('<html>'))
    const client = new RegistryClient(registryConnection({ registry: `http://${at}` }))
    await expect(client.schemaById(1, quick)).rejects.toMatchObject({
      code: 'REGISTRY_REFUSED',
      message: expect.stringContaining('something else than JSON'),
    })
  })
})
