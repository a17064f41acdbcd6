import { isTicketsError, TicketsError } from '@tickets/core'
import { retry } from '@tickets/core/internal'
import type { Cluster } from '../client/port.ts'
import { WireReader, WireWriter } from '../connection/wire.ts'

/** Version 7 is the first that can wait for transactions that are being decided. kafkajs has older versions only. */
const offsetFetch = { apiKey: 9, apiVersion: 7, apiName: 'OffsetFetch' }
const unstable = 88
/** Error codes of a group whose coordinator is starting or has moved. */
const moving = [14, 15, 16]
/** Attempts with growing pauses: about 15 seconds. */
const TRIES = 20
/** Attempts with growing pauses: about 2 seconds, longer than the broker takes to record that a transaction was decided. */
const TRIES_UNSETTLED = 8

/** Where a guard is kept: the offset of one partition in a group of its own. */
export interface GuardPlace {
  readonly group: string
  readonly topic: string
}

function request({ group, topic }: GuardPlace, isStable: boolean): Buffer {
  const out = new WireWriter().int8(0).compactString(group).compactLength(1)
  return out
    .compactString(topic)
    .compactLength(1)
    .int32(0)
    .int8(0)
    .int8(isStable ? 1 : 0)
    .int8(0)
    .end()
}

/** Reads the answer. The offset is null if the answer lacks the partition, which is not the same as no offset (-1). */
function decode(answer: Buffer): { error: number; offset: number | null } {
  const r = new WireReader(answer)
  r.tags()
  r.int32()
  const topics = r.compactArray(() => {
    r.compactString()
    const partitions = r.compactArray(() => {
      r.int32()
      const offset = r.int64()
      r.int32()
      r.compactText()
      const error = r.int16()
      r.tags()
      return { offset, error }
    })
    r.tags()
    return partitions
  })
  const error = r.int16()
  const found = topics.flat()[0]
  return { error: error || (found?.error ?? 0), offset: found?.offset ?? null }
}

/**
 * Returns the guard of a sink: the number below which all records are in the topic; -1 when there is none.
 *
 * Asked with "require stable": right after a transaction was decided, the group may still show the offset from before it, and acting on that
 * would repeat what was committed.
 *
 * @param unsettled what to do while a transaction with a newer guard stays open, as after a kill until it expires: `accept` returns the guard before
 * it, which is right for who only asks how far the topic has certainly come
 */
export async function readGuard(cluster: Cluster, place: GuardPlace, unsettled: 'wait' | 'accept' = 'wait'): Promise<number> {
  let isStable = true
  let answered = 0
  const ask = async () => {
    const node = String((await cluster.findGroupCoordinator({ groupId: place.group })).nodeId)
    if ((await cluster.maxVersion(node, offsetFetch.apiKey)) < offsetFetch.apiVersion)
      throw new TicketsError('SINK_FAILED', 'The Kafka broker is too old for an exactly-once sink: version 2.5 or newer is needed (OffsetFetch v7)')
    const { error, offset } = decode(await cluster.send(node, { ...offsetFetch, body: request(place, isStable) }))
    answered = error
    if (error === 0 && offset !== null) return offset
    const passing = error === 0 || error === unstable || moving.includes(error)
    const denied = error === 30 ? `group "${place.group}": allow READ on it` : error === 29 ? `topic "${place.topic}": allow READ on it` : null
    const what = denied === null ? `answered with error ${error}` : `does not allow this user to read the ${denied}`
    throw new TicketsError('SINK_FAILED', `Reading how far ${place.topic} is written, the Kafka broker ${what}`, { retryable: passing })
  }
  const again = (error: unknown, failures: number) => {
    if (!isTicketsError(error) || !error.retryable || failures === TRIES) return false
    isStable &&= !(answered === unstable && unsettled === 'accept' && failures >= TRIES_UNSETTLED)
    return true
  }
  return retry(ask, { again, first: 20, longest: 1000 })
}
