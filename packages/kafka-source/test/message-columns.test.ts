import {
  defineSchema,
  instant,
  into,
  messageHeader,
  messageKey,
  messageOffset,
  messagePartition,
  messageTimestamp,
  pipeline,
  type RowOf,
} from '@tickets/core'
import { memoryLog, memorySink } from '@tickets/core/testing'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { sharedBroker } from '../../../test/broker/shared.ts'
import { kafkaSource } from '../src/source/source.ts'
import { createTopic, rawKafka, unique } from './helpers.ts'

const shared = await sharedBroker('columns of messages')
const brokers = shared ?? []

const Click = defineSchema(
  z.object({
    user: messageKey(),
    at: messageTimestamp(),
    page: z.string(),
    trace: messageHeader('trace-id'),
    raw: messageHeader('raw', { as: 'bytes' }),
    offset: messageOffset(),
    part: messagePartition(),
  }),
  { name: 'click', time: 'at' },
)
const Word = defineSchema(z.object({ at: messageTimestamp(), user: messageKey(), word: z.string(), written: instant().optional() }), {
  name: 'word',
  time: 'at',
  from: z.object({ page: z.string() }),
  map: ({ page }) =>
    page
      .split(' ')
      .filter((word) => word !== '')
      .map((word) => ({ word })),
})

const messages = [
  {
    partition: 0,
    key: 'kéy',
    value: '{"page":"a b","user":"of the value"}',
    timestamp: '1700000000000',
    headers: { 'trace-id': ['t0', 't1'], raw: Buffer.of(255, 0) },
  },
  { partition: 1, key: null, value: '{"page":""}', timestamp: '1700000001000' },
  { partition: 1, key: Buffer.of(255), value: '{"page":"c"}', timestamp: '1700000002000', headers: { trace: 'another' } },
  { partition: 1, key: '', value: '{"page":"d"}', timestamp: '1700000003000', headers: { 'trace-id': '' } },
]

describe.skipIf(!shared)('a topic', () => {
  it('gives its keys, headers, times and positions as columns, and the rows that map makes', async () => {
    const topic = unique('clicks')
    await createTopic(brokers, topic, 2)
    const producer = rawKafka(brokers).producer()
    await producer.connect()
    await producer.send({ topic, messages })
    await producer.disconnect()

    const [clicks, invalid] = [memorySink<RowOf<typeof Click>>('clicks'), memorySink('invalid')]
    const summary = await pipeline({
      name: 'clicks',
      source: kafkaSource({ schema: Click, brokers, topic, groupId: unique('g'), from: 'earliest', until: 'now' }),
      log: memoryLog(),
      deadLetters: invalid as never,
      flows: (rows) => ({ clicks: rows.pipe(into(clicks)) }),
    }).run()
    expect(summary).toMatchObject({ rows: 4, rejected: 1, unmapped: 0 })
    expect([...clicks.rows].sort((a, b) => a.at.getTime() - b.at.getTime())).toEqual([
      { user: 'kéy', at: new Date(1_700_000_000_000), page: 'a b', trace: 't1', raw: Uint8Array.of(255, 0), offset: 0, part: 0 },
      { user: null, at: new Date(1_700_000_001_000), page: '', trace: null, raw: null, offset: 0, part: 1 },
      { user: '', at: new Date(1_700_000_003_000), page: 'd', trace: '', raw: null, offset: 2, part: 1 },
    ])
    expect(invalid.rows).toMatchObject([{ position: 1, reason: expect.stringContaining('the key of the message is not valid UTF-8') }])

    const [words, lost] = [memorySink<RowOf<typeof Word>>('words'), memorySink('lost')]
    const mapped = await pipeline({
      name: 'words',
      source: kafkaSource({ schema: Word, brokers, topic, groupId: unique('g'), from: 'earliest', until: 'now' }),
      log: memoryLog(),
      deadLetters: lost as never,
      flows: (rows) => ({ words: rows.pipe(into(words)) }),
    }).run()
    expect(mapped).toMatchObject({ rows: 5, rejected: 1, unmapped: 1, written: { words: 3 } })
    expect(words.rows.map(({ user, word }) => [user, word]).sort()).toEqual([
      ['', 'd'],
      ['kéy', 'a'],
      ['kéy', 'b'],
    ])
  }, 120_000)
})
