import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sharedBroker } from '../../../test/broker/shared.ts'
import { type OtherClient, otherClient } from '../../../test/crash/python.ts'
import { createTopic, drain, member, numbers, rawKafka, ticket, unique } from './helpers.ts'
import { readMessages } from './read-messages.ts'
import { numbersIn } from './sink-helpers.ts'

const shared = await sharedBroker('aborted transactions')
const brokers = shared ?? []

/** librdkafka; null where it cannot be had. CI never goes without. */
async function librdkafka(): Promise<OtherClient | null> {
  try {
    return await otherClient()
  } catch (error) {
    if (process.env.CI) throw error
    console.warn(`Left out: reading with librdkafka. ${error instanceof Error ? error.message : String(error)}`)
    return null
  }
}

/**
 * Sends 40 messages, of which 20 are committed. Two producers send ten each, and the one that began later ends first, so that the broker lists its
 * aborted transaction first. Then all twenty are sent again, as after a restart.
 */
async function twentyRows(): Promise<string> {
  const topic = unique('aborted')
  await createTopic(brokers, topic)
  const begin = async () => {
    const producer = rawKafka(brokers).producer({ transactionalId: unique('tx'), maxInFlightRequests: 1, idempotent: true })
    await producer.connect()
    return { producer, transaction: await producer.transaction() }
  }
  const messages = (from: number, to: number) => numbers(from, to).map((i) => ({ key: String(i), value: JSON.stringify(ticket(i)) }))
  const first = await begin()
  await first.transaction.send({ topic, messages: messages(0, 10) })
  const later = await begin()
  await later.transaction.send({ topic, messages: messages(10, 20) })
  await later.transaction.abort()
  await first.transaction.abort()
  const again = await begin()
  await again.transaction.send({ topic, messages: messages(0, 20) })
  await again.transaction.commit()
  for (const { producer } of [first, later, again]) await producer.disconnect()
  return topic
}

describe.skipIf(!shared)('two transactions of which the later one is aborted first', () => {
  it('are not seen: 20 rows of 40, from every position', async () => {
    const topic = await twentyRows()
    const m = await member({ brokers, topic, groupId: unique('g') })
    const end = (await m.source.describe()).partitions[0]?.end ?? 0
    expect(end).toBe(43)
    for (let from = 0; from <= 22; from++) expect((await drain(await m.open(`${topic}-0`, from, { to: end }))).rows).toEqual(numbers(0, 20))
    await m.close()
    const texts = (await readMessages(brokers, topic)).map(({ value, key, partition, headers }) => ({
      key: String(key),
      value: String(value),
      partition,
      headers,
    }))
    expect(numbersIn(texts)).toEqual(numbers(0, 20))
  })

  it('are not seen by librdkafka either', async (context) => {
    const other = await librdkafka()
    if (!other) return context.skip()
    const topic = await twentyRows()
    const to = join(await mkdtemp(join(tmpdir(), 'tickets-librdkafka-')), 'rows.jsonl')
    expect(await other.do({ do: 'tell', brokers: brokers.join(','), topic, to })).toMatchObject({ rows: 20 })
    const rows = (await readFile(to, 'utf8')).trim().split('\n')
    expect(rows.map((line) => Number(JSON.parse(line).row.ticket_id.slice(-12)))).toEqual(numbers(0, 20))
    other.close()
  }, 180_000)
})
