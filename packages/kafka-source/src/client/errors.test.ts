import { TicketsError } from '@tickets/core'
import { describe, expect, it } from 'vitest'
import { kafkaError } from './errors.ts'

const kafkajs = (name: string, message: string, more: object = {}) => Object.assign(new Error(message), { name, ...more })
const of = (error: unknown) => kafkaError(error, ['a:1', 'b:2'])

describe('kafkaError', () => {
  it('tells a refused login, a missing right, a broker that is away and a certificate apart', () => {
    const cause = kafkajs('KafkaJSSASLAuthenticationError', 'SASL PLAIN authentication failed')
    expect(of(kafkajs('KafkaJSNumberOfRetriesExceeded', 'x', { cause }))).toMatchObject({
      code: 'SOURCE_FAILED',
      retryable: false,
      message: expect.stringContaining('check `sasl`'),
    })
    expect(of(kafkajs('KafkaJSProtocolError', 'x', { type: 'GROUP_AUTHORIZATION_FAILED' }))).toMatchObject({
      code: 'SOURCE_FAILED',
      message: expect.stringContaining('allow READ on the group'),
    })
    expect(of(kafkajs('KafkaJSConnectionError', 'connect ECONNREFUSED'))).toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      retryable: true,
      message: expect.stringContaining('a:1, b:2'),
    })
    expect(of(kafkajs('KafkaJSConnectionError', 'self-signed certificate'))).toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      retryable: false,
      message: expect.stringContaining('`ssl`'),
    })
  })

  it('keeps our own errors, and whether trying again helps', () => {
    const own = new TicketsError('POSITION_GONE', 'gone')
    expect(of(Object.assign(new Error('x'), { cause: own }))).toBe(own)
    expect(of(kafkajs('KafkaJSProtocolError', 'x', { retriable: true }))).toMatchObject({ code: 'SOURCE_FAILED', retryable: true })
    expect(of('words')).toMatchObject({ code: 'SOURCE_FAILED', retryable: false })
  })
})
