import { Batch, defineSchema, instant } from '@tickets/core'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { sharedBroker } from '../../../test/broker/shared.ts'
import { kafkaSink } from '../src/sink/sink.ts'
import { createTopic, unique } from './helpers.ts'
import { committed, folder, range, taskOf } from './sink-helpers.ts'

const shared = await sharedBroker('text in topics')
const brokers = shared ?? []
const Note = defineSchema(z.object({ at: instant(), text: z.string() }), { name: 'note', time: 'at' })

describe.skipIf(!shared)('text in a topic', () => {
  it('keeps a leading U+FEFF in keys, values and headers', async () => {
    const topic = unique('marks')
    await createTopic(brokers, topic, 1)
    const texts = ['a', '\ufeffa', '\ufeff', `\ufeff${'long '.repeat(20)}`]
    const options = { brokers, topic, staging: await folder(), key: 'text' as const, headers: ({ text }: { text: string }) => ({ text }) }
    const writer = await kafkaSink<{ at: Date; text: string }>(options).open(taskOf(unique('log').slice(-8)), Note)
    await writer.write(
      Batch.of(
        Note,
        texts.map((text) => ({ at: new Date(0), text })),
      ),
    )
    const staged = await writer.stage(0, 'a', range(0, 4))
    if (staged) await writer.publish(staged)
    await writer.close()
    const seen = await committed(brokers, topic, texts.length)
    expect(seen.map(({ key, value, headers }) => [key, JSON.parse(value ?? '').text, headers.text])).toEqual(texts.map((text) => [text, text, text]))
  })
})
