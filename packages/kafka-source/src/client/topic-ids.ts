import { WireReader, WireWriter } from '../connection/wire.ts'
import type { Cluster } from './port.ts'

const metadata = { apiKey: 3, apiVersion: 10, apiName: 'Metadata' }
const noId = Buffer.alloc(16)
const NOT_ALLOWED = 29

function request(topics: readonly string[]): Buffer {
  // kafkajs writes the older request header; the newer one ends in tagged fields, none of them.
  const out = new WireWriter().int8(0).compactLength(topics.length)
  for (const topic of topics) out.bytes(noId).compactString(topic).int8(0)
  return out.int8(0).int8(0).int8(0).int8(0).end()
}

function decode(answer: Buffer): { cluster: string; ids: Map<string, string>; denied: string[] } {
  const r = new WireReader(answer)
  r.tags()
  r.int32()
  r.compactArray(() => {
    r.int32()
    r.compactString()
    r.int32()
    r.compactString()
    r.tags()
  })
  const cluster = r.compactString()
  r.int32()
  const ids = new Map<string, string>()
  const denied: string[] = []
  r.compactArray(() => {
    const error = r.int16()
    const name = r.compactString()
    const id = r.bytes(16)
    if (error === 0 && !id.equals(noId)) ids.set(name, id.toString('base64url'))
    if (error === NOT_ALLOWED) denied.push(name)
    r.int8()
    r.compactArray(() => {
      r.bytes(2 + 4 + 4 + 4)
      for (let list = 0; list < 3; list++) r.compactArray(() => r.int32())
      r.tags()
    })
    r.int32()
    r.tags()
  })
  return { cluster, ids, denied }
}

async function ask(cluster: Cluster, topics: readonly string[]) {
  // No broker is known before metadata was loaded, which must not pass for a broker that is too old.
  if (cluster.getNodeIds().length === 0) await cluster.refreshMetadata()
  const [nodeId] = cluster.getNodeIds()
  if (nodeId === undefined || (await cluster.maxVersion(String(nodeId), metadata.apiKey)) < metadata.apiVersion) return null
  return decode(await cluster.send(String(nodeId), { ...metadata, body: request(topics) }))
}

/** Returns the ids of topics, which change when a topic is deleted and created again. Empty if the broker is too old. */
export async function topicIds(cluster: Cluster, topics: readonly string[]): Promise<Map<string, string>> {
  return (await ask(cluster, topics))?.ids ?? new Map()
}

/** Returns the id of a cluster, which is the same for every address of it; null if the broker is too old. */
export async function clusterId(cluster: Cluster): Promise<string | null> {
  return (await ask(cluster, []))?.cluster ?? null
}

/** Returns those of these topics that this user may not see, whether they are there or not; none if the broker is too old to be asked. */
export async function deniedTopics(cluster: Cluster, topics: readonly string[]): Promise<readonly string[]> {
  return (await ask(cluster, topics))?.denied ?? []
}
