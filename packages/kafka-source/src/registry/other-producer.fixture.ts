import { RegistryClient, type RegistrySchema, type SchemaType } from './client.ts'
import { registryConnection } from './connection.ts'
import { framed } from './framing.ts'

const requests = { retryFor: 0 }

/** Puts schemas into a real registry, as other producers would. */
export function otherProducer(registry: string) {
  const client = new RegistryClient(registryConnection({ registry }))
  const register = (subject: string, schema: unknown, schemaType: SchemaType = 'AVRO', references: RegistrySchema['references'] = []) =>
    client.register(subject, { schema: typeof schema === 'string' ? schema : JSON.stringify(schema), schemaType, references }, requests)
  /** Sets what changes of a subject's schema are allowed. */
  const allow = async (subject: string, compatibility: string) => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${registry}/config/${encodeURIComponent(subject)}`, {
      method: 'PUT',
      headers,
      body: JSON.stringify({ compatibility }),
    })
    if (!answer.ok) throw new Error(await answer.text())
  }
  return { client, register, allow }
}

/** Values as a fetch gives them: in one buffer, with offsets from 0 on; null is a tombstone. */
export function fetchedOf(values: readonly (Uint8Array | null)[]) {
  const bytes = Buffer.concat(values.map((value) => value ?? new Uint8Array(0)))
  const [starts, ends] = [new Int32Array(values.length), new Int32Array(values.length)]
  let at = 0
  values.forEach((value, i) => {
    starts[i] = at
    at += value?.length ?? 0
    ends[i] = value ? at : at - 1
  })
  return {
    bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length),
    starts,
    ends,
    limits: ends,
    offsets: Float64Array.from(values, (_, i) => i),
    length: values.length,
    keyOf: (i: number) => Uint8Array.of(i),
  }
}

export { framed }
