import { Ticket } from '@tickets/core'
import { describe, expect, it } from 'vitest'
import { answerWithin, type KafkaSourceOptions, settings } from './options.ts'

const options = { schema: Ticket, brokers: ['localhost:9092'], topic: 't', groupId: 'g' }

describe('settings', () => {
  it('fills in the defaults', () => {
    expect(settings(options)).toMatchObject({ topics: ['t'], from: 'earliest', until: 'never', sessionTimeout: 30_000, heartbeatInterval: 3000 })
    expect(settings({ ...options, sessionTimeout: '6s' }).heartbeatInterval).toBe(2000)
  })

  it('takes times as dates and as milliseconds, and a topic that is given twice once', () => {
    const { topic: _, ...rest } = options
    const found = settings({ ...rest, topics: ['a', 'b', 'a'], from: new Date(5), until: 9 })
    expect([found.topics, found.from, found.until]).toEqual([['a', 'b'], 5, 9])
  })

  it.each<[string, Partial<KafkaSourceOptions<Ticket>>]>([
    ['a topic and topics', { topics: ['u'] }],
    ['a name that Kafka does not take', { topic: 'a b' }],
    ['no group', { groupId: '' }],
    ['a heartbeat that is too slow', { sessionTimeout: '3s', heartbeatInterval: '2s' }],
    ['a start that is no time', { from: new Date(Number.NaN) }],
    ['an end before the epoch', { until: -1 }],
    ['no room in the queue', { queueBytes: 0 }],
  ])('refuses %s', (_, wrong) => expect(() => settings({ ...options, ...wrong })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' })))
})

it('an answer leaves time within retryFor to ask again, and takes half a minute at most', () => {
  expect([1000, 30_000, 60_000, 600_000].map((retryFor) => answerWithin({ retryFor }))).toEqual([5000, 15_000, 30_000, 30_000])
})
