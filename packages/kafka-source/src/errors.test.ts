import { TicketsError } from '@tickets/core'
import { describe, expect, it } from 'vitest'
import { kafkaError, passing } from './errors.ts'

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

describe('passing', () => {
  const moved = new TicketsError('SOURCE_FAILED', 'not the coordinator', { retryable: true })

  it('tries again while the broker says that it passes', async () => {
    let tries = 0
    const work = async () => {
      if (++tries < 3) throw moved
      return tries
    }
    expect(await passing(work)).toBe(3)
  })

  it.each([
    ['what does not pass', new TicketsError('OFFSETS_FOREIGN', 'another log')],
    ['a broker that does not answer', new TicketsError('SOURCE_UNREACHABLE', 'nobody', { retryable: true })],
  ])('tells %s at once', async (_, error) => {
    let tries = 0
    const work = async () => {
      tries++
      throw error
    }
    await expect(passing(work)).rejects.toBe(error)
    expect(tries).toBe(1)
  })
})
