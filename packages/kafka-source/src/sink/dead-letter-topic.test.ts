import { Batch, DeadLetter } from '@tickets/core'
import { describe, expect, it } from 'vitest'
import { sharedBroker } from '../../../../test/broker/shared.ts'
import { createTopic, unique } from '../../test/helpers.ts'
import { readMessages } from '../../test/read-messages.ts'
import { folder, range, taskOf } from '../../test/sink-helpers.ts'
import { deadLetterTopic } from './dead-letter-topic.ts'

const shared = await sharedBroker('dead letters in a topic')
const brokers = shared ?? []

const letter = (more: Partial<DeadLetter>): DeadLetter => ({
  topic: 'tickets',
  partition: 'tickets-3',
  position: 7,
  timestamp: null,
  reason: 'no ticket',
  key: null,
  value: null,
  encoding: 'utf8',
  ...more,
})

/** The messages that these letters become. */
async function sent(letters: readonly DeadLetter[]) {
  const topic = unique('dead')
  await createTopic(brokers, topic)
  const writer = await deadLetterTopic({ brokers, topic, staging: await folder() }).open(taskOf(unique('log').slice(-8)), DeadLetter)
  await writer.write(Batch.of(DeadLetter, letters))
  await writer.publish((await writer.stage(0, 'a', range(0, letters.length))) ?? {})
  await writer.close()
  return readMessages(brokers, topic)
}

describe.skipIf(!shared)('a dead letter', () => {
  it('has the bytes of its message, be they text or not, and tells no bytes from none', async () => {
    const bytes = Buffer.from([0xff, 0x00, 0x80])
    const letters = [
      letter({ key: 'k', value: '\ufeffé😀' }),
      letter({ key: bytes.toString('base64'), value: bytes.toString('base64'), encoding: 'base64' }),
      letter({ key: '', value: '' }),
      letter({}),
    ]
    expect((await sent(letters)).map(({ key, value }) => [key, value])).toEqual([
      [Buffer.from('k'), Buffer.from('\ufeffé😀')],
      [bytes, bytes],
      [Buffer.alloc(0), Buffer.alloc(0)],
      [null, null],
    ])
  })

  it('says where the message stood and why it is there; its time only where it has one', async () => {
    const [timed, elsewhere] = await sent([
      letter({ partition: 'a-topic-12', position: 2 ** 50, timestamp: new Date(1000), reason: 'wörds' }),
      letter({ partition: 'lines.jsonl' }),
    ])
    expect(timed?.headers).toEqual({
      'source.topic': 'tickets',
      'source.partition': '12',
      'source.offset': String(2 ** 50),
      'source.timestamp': '1970-01-01T00:00:01.000Z',
      reason: 'wörds',
    })
    expect(elsewhere?.headers).toEqual({ 'source.topic': 'tickets', 'source.partition': 'lines.jsonl', 'source.offset': '7', reason: 'no ticket' })
  })
})
