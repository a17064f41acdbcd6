import { Ticket } from '@tickets/core'
import { describe, expect, it } from 'vitest'
import { sharedBroker } from '../../../test/broker/shared.ts'
import { kafkaSource } from '../src/index.ts'
import { createTopic, drain, limit, member, numbers, send, unique } from './helpers.ts'

const brokers = await sharedBroker('fetchMinBytes')

describe.skipIf(!brokers)('fetchMinBytes', () => {
  it('waits for so many bytes, and gives what came until then at once', async () => {
    const topic = unique('min-bytes')
    await createTopic(brokers ?? [], topic)
    // Three messages are more than 600 bytes, two are less.
    const m = await member({ brokers: brokers ?? [], topic, groupId: unique('g'), fetchMinBytes: 600, fetchWait: '20s' })
    const reader = await m.open(`${topic}-0`, 0)
    const first = (async () => {
      for (;;) {
        const chunk = await reader.read(limit())
        if (chunk === 'end' || chunk.batch.length > 0) return chunk
      }
    })()
    for (const i of numbers(0, 3)) await send(brokers ?? [], topic, i, i + 1)
    const chunk = await first
    expect(chunk === 'end' ? 0 : chunk.batch.length).toBe(3)
    await m.close()
  })

  it('is by default what arrives: a message of a quiet topic is read at once', async () => {
    const topic = unique('quiet')
    await createTopic(brokers ?? [], topic)
    const m = await member({ brokers: brokers ?? [], topic, groupId: unique('g'), fetchWait: '1 hour' })
    const reader = await m.open(`${topic}-0`, 0)
    for (const i of numbers(0, 3)) {
      await send(brokers ?? [], topic, i, i + 1)
      expect((await drain(reader, { enough: (n) => n > 0 })).rows).toEqual([i])
    }
    // So is the source: the fetch that waits for an hour is given up.
    await m.close()
  })

  it('is a whole number greater than 0', () => {
    const options = { schema: Ticket, brokers: ['localhost:9092'], topic: 't', groupId: 'g', fetchMinBytes: 0 }
    expect(() => kafkaSource(options)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining('fetchMinBytes') }))
  })
})
