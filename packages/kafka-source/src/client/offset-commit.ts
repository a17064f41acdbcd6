import { ConnectionFault } from '../connection/fault.ts'
import { WireReader, WireWriter } from '../connection/wire.ts'

/** Version 7: the newest whose encoding has no tagged fields. */
export const offsetCommitApi = { apiKey: 8, apiVersion: 7, apiName: 'OffsetCommit' }

export interface OffsetToCommit {
  readonly topic: string
  readonly partition: number
  readonly offset: string
  readonly metadata: string
}

/** One assignment of a group, and the member that commits in it. */
export interface Generation {
  readonly groupId: string
  readonly generationId: number
  readonly memberId: string
}

/** Returns a request that commits offsets with their notes, as a member of this generation. */
export function offsetCommitRequest({ groupId, generationId, memberId }: Generation, offsets: readonly OffsetToCommit[]): Buffer {
  const out = new WireWriter().string(groupId).int32(generationId).string(memberId).int16(-1).int32(offsets.length)
  for (const { topic, partition, offset, metadata } of offsets)
    out.string(topic).int32(1).int32(partition).int64(Number(offset)).int32(-1).string(metadata)
  return out.end()
}

/** Errors that pass, or that end an assignment, by their codes. */
const names: Readonly<Record<number, readonly [type: string, passes: boolean]>> = {
  3: ['UNKNOWN_TOPIC_OR_PARTITION', true],
  14: ['COORDINATOR_LOAD_IN_PROGRESS', true],
  15: ['GROUP_COORDINATOR_NOT_AVAILABLE', true],
  16: ['NOT_COORDINATOR_FOR_GROUP', true],
  22: ['ILLEGAL_GENERATION', false],
  25: ['UNKNOWN_MEMBER_ID', false],
  27: ['REBALANCE_IN_PROGRESS', false],
  29: ['TOPIC_AUTHORIZATION_FAILED', false],
  30: ['GROUP_AUTHORIZATION_FAILED', false],
}

/** Reads the answer. Throws the first error in it. */
export function checkOffsetCommit(answer: Buffer): void {
  const r = new WireReader(answer)
  r.int32()
  const codes = r.array(() => {
    r.string()
    return r.array(() => {
      r.int32()
      return r.int16()
    })
  })
  const code = codes.flat().find((one) => one !== 0)
  if (code === undefined) return
  const [type, retriable] = names[code] ?? [`ERROR_${code}`, false]
  throw new ConnectionFault('ProtocolError', `the broker refuses to commit an offset: ${type}`, { type, retriable })
}
