import { TicketsError } from '@tickets/core'
import { describe, expect, it } from 'vitest'
import { isConcurrent, isFenced, sinkError, tooSlow } from './errors.ts'

const kafka = (type: string, more: object = {}) => Object.assign(new Error(type), { name: 'KafkaJSProtocolError', type, retriable: false, ...more })
const of = (error: unknown) => sinkError(error, ['a:1'], 'out')

describe('sinkError', () => {
  it.each([
    ['MESSAGE_TOO_LARGE', /raise its max\.message\.bytes/],
    ['INVALID_RECORD', /without a key/],
    ['INVALID_TRANSACTION_TIMEOUT', /lower transactionTimeout/],
    ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED', /allow WRITE and DESCRIBE on transactional ids/],
    ['TOPIC_AUTHORIZATION_FAILED', /write to the topic "out": allow WRITE and DESCRIBE on the topic/],
  ])('says what to do about %s, which no retry helps', (type, advice) => {
    expect(of(kafka(type))).toMatchObject({ code: 'SINK_FAILED', retryable: false, message: expect.stringMatching(advice) })
  })

  it.each(['CONCURRENT_TRANSACTIONS', 'NOT_COORDINATOR', 'UNKNOWN_PRODUCER_ID'])('retries %s with a new producer', (type) => {
    expect(of(kafka(type))).toMatchObject({ code: 'SINK_FAILED', retryable: true })
  })

  it('looks at the causes too', () => {
    expect(of(new Error('wrapped', { cause: kafka('MESSAGE_TOO_LARGE') })).message).toMatch(/max\.message\.bytes/)
  })

  it('keeps errors of a sink, and renames those of a source', () => {
    const own = new TicketsError('TASK_LOST', 'x', { retryable: true })
    expect(of(own)).toBe(own)
    expect(of(new TicketsError('SOURCE_UNREACHABLE', 'x', { retryable: true }))).toMatchObject({ code: 'SINK_FAILED', retryable: true })
  })
})

it('tells a fenced producer and a transaction that is still decided', () => {
  expect([kafka('PRODUCER_FENCED'), kafka('INVALID_PRODUCER_EPOCH'), kafka('', { code: 90 }), kafka('X')].map(isFenced)).toEqual([
    true,
    true,
    true,
    false,
  ])
  expect([kafka('CONCURRENT_TRANSACTIONS'), kafka('X')].map(isConcurrent)).toEqual([true, false])
  const within = (cause: Error) => new Error('wrapped', { cause })
  expect([isFenced(within(kafka('PRODUCER_FENCED'))), isConcurrent(within(kafka('CONCURRENT_TRANSACTIONS')))]).toEqual([true, true])
})

it('a range that was too slow can be retried, and the error names both timeouts', () => {
  expect(tooSlow('out', 1000, null)).toMatchObject({
    retryable: true,
    message: expect.stringMatching(/transactionTimeout \(1000 ms\).*transaction\.max\.timeout\.ms/),
  })
})
