import { AuthenticationError, MultipleErrors, NetworkError, ProtocolError, TimeoutError, UserError } from '@platformatic/kafka'
import { describe, expect, it, vi } from 'vitest'
import { kafkaError } from './errors.ts'
import { faultOf, libraryOptions, loadPlatformatic, withFaults } from './platformatic-library.ts'

describe('an error of the library', () => {
  const brokers = ['b:1']
  const told = (error: Error) => kafkaError(faultOf(error), brokers)

  it.each([
    ['a network that fails', new NetworkError('Cannot connect to b:1.'), 'SOURCE_UNREACHABLE', true, /No Kafka broker answers at b:1/],
    ['a broker that hangs up', new NetworkError('Connection closed'), 'SOURCE_UNREACHABLE', true, /closed the connection/],
    ['no answer in time', new TimeoutError('Request timed out'), 'SOURCE_UNREACHABLE', true, /No Kafka broker answers/],
    ['a login that is refused', new AuthenticationError('wrong password'), 'SOURCE_FAILED', false, /refused the login/],
    ['a right that is missing', new ProtocolError('TOPIC_AUTHORIZATION_FAILED'), 'SOURCE_FAILED', false, /allow READ/],
    ['an election', new ProtocolError('LEADER_NOT_AVAILABLE'), 'SOURCE_FAILED', true, /./],
    [
      'one that has failed several times',
      new MultipleErrors('3 times', [new NetworkError('x'), new TimeoutError('y')]),
      'SOURCE_UNREACHABLE',
      true,
      /x/,
    ],
    [
      'one of many that says more',
      new MultipleErrors('3 times', [new NetworkError('x'), new MultipleErrors('inner', [new AuthenticationError('wrong')])]),
      'SOURCE_FAILED',
      false,
      /refused the login/,
    ],
  ] as const)('is %s', (_, error, code, retryable, message) => {
    expect(told(error)).toMatchObject({ code, retryable, message: expect.stringMatching(message) })
  })

  it('of another kind is left as it is', async () => {
    const error = new UserError('wrong option')
    expect(faultOf(error)).toBe(error)
    expect(faultOf('text')).toBe('text')
    await expect(withFaults(() => Promise.reject(error))).rejects.toBe(error)
  })
})

describe('the options', () => {
  const options = (sasl?: Parameters<typeof libraryOptions>[0]['sasl']) =>
    libraryOptions({ brokers: ['b:1'], ...(sasl ? { sasl } : {}), ssl: true, clientId: 'mine' }, { retries: 2 }, 7000)

  it('carry TLS, the login and the times', async () => {
    expect(options()).toMatchObject({ clientId: 'mine', bootstrapBrokers: ['b:1'], tls: {}, retries: 2, requestTimeout: 7000 })
    const login = { mechanism: 'scram-sha-256', username: 'u', password: 'p' } as const
    expect(options(login).sasl).toEqual({ mechanism: 'SCRAM-SHA-256', username: 'u', password: 'p' })
    const { token } = options({ mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: 'tok' }) }).sasl ?? {}
    expect(await (token as () => Promise<string>)()).toBe('tok')
  })

  it('refuse a login that the library does not have', () => {
    const aws = { mechanism: 'aws', authorizationIdentity: 'i', accessKeyId: 'k', secretAccessKey: 's' } as const
    expect(() => options(aws)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringMatching(/no login by AWS/) }))
  })
})

it('says how to install a library that is not there', async () => {
  vi.doMock('@platformatic/kafka', () => {
    throw new Error('not found')
  })
  await expect(loadPlatformatic()).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining('npm i @platformatic/kafka') })
  vi.doUnmock('@platformatic/kafka')
})
