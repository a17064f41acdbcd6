import { describe, expect, test } from 'vitest'
import { sharedRegistry } from '../../../../test/registry/shared.ts'
import { unique } from '../../test/helpers.ts'
import { otherProducer } from './other-producer.fixture.ts'
import { SchemaStore } from './schema-store.ts'

const registry = await sharedRegistry('schemas with references')
const quick = { retryFor: 0 }

describe.skipIf(!registry)('the store of schemas', () => {
  const { client, register } = otherProducer(registry ?? 'http://localhost')

  test('has a schema with those that it names, each after its own', async () => {
    const [a, b, c] = [unique('a'), unique('b'), unique('c')]
    await register(a, { type: 'enum', name: 'x.A', symbols: ['S'] })
    await register(b, { type: 'record', name: 'x.B', fields: [{ name: 'a', type: 'x.A' }] }, 'AVRO', [{ name: 'x.A', subject: a, version: 1 }])
    const schema = { type: 'record', name: 'x.C', fields: [{ name: 'b', type: 'x.B' }] }
    const id = await register(c, schema, 'AVRO', [{ name: 'x.B', subject: b, version: 1 }])
    const store = new SchemaStore(client)
    const found = await store.byId(id, quick)
    expect(found?.dependencies.map(({ name }) => name)).toEqual(['x.A', 'x.B'])
    expect(await store.latest(c, quick)).toMatchObject({ id, dependencies: found?.dependencies })
  })

  test('asks for a schema once, and again for one that was not there', async () => {
    const subject = unique('once')
    const id = await register(subject, '"int"')
    let asked = 0
    const counting = Object.assign(Object.create(client), {
      schemaById: (...args: Parameters<typeof client.schemaById>) => {
        asked++
        return client.schemaById(...args)
      },
    }) as typeof client
    const store = new SchemaStore(counting)
    await Promise.all([store.byId(id, quick), store.byId(id, quick)])
    await store.byId(id, quick)
    expect(asked).toBe(1)
    expect(await store.byId(2 ** 31 - 1, quick)).toBe(null)
    expect(await store.byId(2 ** 31 - 1, quick)).toBe(null)
    expect(asked).toBe(3)
  })
})
