import { setTimeout as sleep } from 'node:timers/promises'
import type { Rejected } from '@tickets/core'
import { describe, expect, test } from 'vitest'
import { sharedBroker } from '../../../test/broker/shared.ts'
import { kafkaTable } from '../src/index.ts'
import { limit, rawKafka } from './helpers.ts'
import { createTopics, Followed, Plan } from './table-helpers.ts'

const brokers = (await sharedBroker('tables decoded on two threads')) ?? []
const COUNT = 6000
const at = (i: number) => 1_700_000_000_000 + i

/** Rows with much text, tombstones, and values that are none. */
async function filled(isDebezium: boolean): Promise<string> {
  const { plans } = await createTopics(brokers)
  const producer = rawKafka(brokers).producer()
  await producer.connect()
  const value = (i: number) => {
    const row = { client_id: `c${i % 50}`, plan: 'é'.repeat(i % 200), ...(isDebezium ? {} : { since: new Date(at(i)).toISOString() }) }
    return i % 7 === 3 ? null : i % 997 === 5 ? '{"no":1}' : JSON.stringify(isDebezium ? { op: 'u', after: row, source: { ts_ms: at(i) } } : row)
  }
  for (let from = 0; from < COUNT; from += 2000)
    await producer.send({
      topic: plans,
      messages: Array.from({ length: 2000 }, (_, k) => ({
        partition: 0,
        key: `c${(from + k) % 50}`,
        value: value(from + k),
        timestamp: `${at(from + k)}`,
      })),
    })
  await producer.disconnect()
  return plans
}

async function read(topic: string, isDebezium: boolean, decodeThread: boolean, bytes: number) {
  const common = { brokers, topic, key: 'client_id', decodeThread } as const
  const { source } = isDebezium ? kafkaTable({ ...common, schema: Followed, envelope: 'debezium' }) : kafkaTable({ ...common, schema: Plan })
  const closable = await source.partitions({ assigned: () => {}, revoked: async () => {}, failed: () => {} })
  const reader = await source.open(`${topic}-0`, 0 as never, { maxFuture: 1e15, to: COUNT as never })
  const [rows, rejected]: [object[], Rejected[]] = [[], []]
  for (let chunk = await reader.read(limit({ bytes })); chunk !== 'end'; chunk = await reader.read(limit({ bytes }))) {
    rows.push(...chunk.batch.toArray())
    rejected.push(
      ...chunk.rejected.map((one) => ({ ...one, value: one.value && Buffer.from(one.value), key: one.key ? Buffer.from(one.key) : null })),
    )
    await sleep(0)
  }
  await closable.close()
  return { rows, rejected }
}

describe.skipIf(brokers.length === 0)('large pieces of a table', () => {
  test.each([
    ['values', false],
    ['events of Debezium', true],
  ])('are the same decoded on a thread: %s', async (_, isDebezium) => {
    const topic = await filled(isDebezium)
    const here = await read(topic, isDebezium, false, 30_000)
    expect(here.rows).toHaveLength(COUNT - here.rejected.length)
    expect(here.rejected).toHaveLength([...Array(COUNT).keys()].filter((i) => i % 7 !== 3 && i % 997 === 5).length)
    expect(here.rows[3]).toEqual({ client_id: 'c3', since: new Date(at(3)), plan: undefined, deleted: true })
    expect(await read(topic, isDebezium, true, 1 << 20)).toEqual(here)
  })
})
