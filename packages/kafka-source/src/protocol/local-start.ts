import type { Cluster } from '../client/port.ts'
import { WireReader, WireWriter } from '../connection/wire.ts'

/** Version 8 is the first that tells where the part begins that a broker holds itself (KIP-405). */
const listOffsets = { apiKey: 2, apiVersion: 8, apiName: 'ListOffsets' }
const earliestLocal = -4

function request(topic: string, partition: number): Buffer {
  // kafkajs writes the older request header; the newer one ends in tagged fields, none of them.
  const out = new WireWriter().int8(0).int32(-1).int8(0).compactLength(1).compactString(topic)
  return out.compactLength(1).int32(partition).int32(-1).int64(earliestLocal).int8(0).int8(0).int8(0).end()
}

function decode(answer: Buffer): number | null {
  const r = new WireReader(answer)
  r.tags()
  r.int32()
  const found = r.compactArray(() => {
    r.compactString()
    const offsets = r.compactArray(() => {
      r.int32()
      const error = r.int16()
      r.int64()
      const offset = r.int64()
      r.int32()
      r.tags()
      return error === 0 && offset >= 0 ? offset : null
    })
    r.tags()
    return offsets
  })
  return found.flat()[0] ?? null
}

/** Returns the first offset that this broker holds itself: what lies before it is in remote storage. Null where the broker does not tell. */
export async function localStart(cluster: Cluster, nodeId: string, topic: string, partition: number): Promise<number | null> {
  if ((await cluster.maxVersion(nodeId, listOffsets.apiKey)) < listOffsets.apiVersion) return null
  return decode(await cluster.send(nodeId, { ...listOffsets, body: request(topic, partition) }))
}
