import { TicketsError } from '@tickets/core'
import { describe, expect, it } from 'vitest'
import { API_VERSIONS, fakeBroker, versionsAnswer } from '../../test/fake-broker.ts'
import { kafkaError, tlsFault, withTicketsErrors } from './errors.ts'

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

  it('names the user and the mechanism of a refused login, and what to check', () => {
    const refused = kafkajs('KafkaJSSASLAuthenticationError', 'SASL authentication failed')
    const login = (sasl: object) => kafkaError(refused, ['a:1'], { connection: { sasl: sasl as never } }).message
    const secret = { password: 'secret-word' }
    expect(login({ mechanism: 'plain', username: 'u', ...secret })).toMatch(/login of "u" by PLAIN .*has this user for PLAIN/)
    expect(login({ mechanism: 'plain', username: 'u', ...secret })).not.toContain('secret-word')
    expect(login({ mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: '' }) })).toMatch(/by OAUTHBEARER .*issuer, audience/)
    const unsupported = kafkajs('KafkaJSProtocolError', 'x', { type: 'UNSUPPORTED_SASL_MECHANISM' })
    expect(kafkaError(unsupported, ['a:1'], { connection: { sasl: { mechanism: 'plain', username: 'u', password: 'p' } } }).message).toMatch(
      /no login by PLAIN at this port.*sasl\.enabled\.mechanisms/,
    )
    expect(of(kafkajs('KafkaJSProtocolError', 'x', { type: 'ILLEGAL_SASL_STATE' })).message).toMatch(/this port wants none. Leave `sasl` out/)
  })

  it('retries a TLS handshake that was cut off, since the broker may have stopped', () => {
    const message = 'Connection error: Client network socket disconnected before secure TLS connection was established'
    expect(of(kafkajs('KafkaJSConnectionError', message, { code: 'ECONNRESET' }))).toMatchObject({ code: 'SOURCE_UNREACHABLE', retryable: true })
  })

  it('keeps our own errors, and whether trying again helps', () => {
    const own = new TicketsError('POSITION_GONE', 'gone')
    expect(of(Object.assign(new Error('x'), { cause: own }))).toBe(own)
    expect(of(kafkajs('KafkaJSProtocolError', 'x', { retriable: true }))).toMatchObject({ code: 'SOURCE_FAILED', retryable: true })
    expect(of('words')).toMatchObject({ code: 'SOURCE_FAILED', retryable: false })
  })
})

describe('tlsFault', () => {
  const closed = kafkajs('KafkaJSConnectionClosedError', 'Closed connection')

  it('asks a port that ended a connection, and only then', async () => {
    const broker = await fakeBroker(({ apiKey }) => (apiKey === API_VERSIONS ? versionsAnswer([1], 3) : null))
    const at = [`127.0.0.1:${broker.port}`]
    expect(await tlsFault(closed, at, { ssl: true })).toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      retryable: false,
      message: expect.stringContaining('takes no TLS'),
      cause: closed,
    })
    expect(await tlsFault(closed, at, {})).toBeNull()
    expect(await tlsFault(kafkajs('KafkaJSConnectionError', 'connect ECONNREFUSED'), at, { ssl: true })).toBeNull()
  })

  it('leaves the error as it is where the broker is away', async () => {
    const broker = await fakeBroker(() => null)
    await broker.close()
    const work = withTicketsErrors([`127.0.0.1:${broker.port}`], () => Promise.reject(closed), { connection: { ssl: true } })
    await expect(work).rejects.toMatchObject({ code: 'SOURCE_UNREACHABLE', retryable: true })
  })
})
