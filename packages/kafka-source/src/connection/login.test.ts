import { describe, expect, it } from 'vitest'
import { ConnectionFault } from './fault.ts'
import { login, type SendLogin } from './login.ts'
import type { SaslOptions } from './sasl-options.ts'
import { WireReader, WireWriter } from './wire.ts'

const broker = { host: 'b', port: 9092, logger: undefined }
const text = (value: string) => new WireWriter().string(value).end()

/** A broker that takes what `verdict` returns an empty error for. */
function takes(verdict: (bytes: string) => string, { handshake = 0, lifetime = 0, answer = '' } = {}) {
  const asked: [number, string][] = []
  const send: SendLogin = async ({ apiKey, apiVersion, body }) => {
    const r = new WireReader(body)
    if (apiKey === 17) {
      asked.push([apiVersion, r.string()])
      return new WireWriter().int16(handshake).int32(1).string('PLAIN').end()
    }
    const bytes = r.bytes(r.int32()).toString()
    asked.push([apiVersion, bytes])
    const error = verdict(bytes)
    return new WireWriter()
      .int16(error ? 58 : 0)
      .bytes(text(error))
      .int32(answer.length)
      .bytes(Buffer.from(answer))
      .int64(lifetime)
      .end()
  }
  return { send, asked }
}

describe('a login', () => {
  const all: [string, SaslOptions, string][] = [
    ['PLAIN', { mechanism: 'plain', username: 'u', password: 'p' }, '\0u\0p'],
    ['OAUTHBEARER', { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: 'tok' }) }, 'n,,\u0001auth=Bearer tok\u0001\u0001'],
    [
      'OAUTHBEARER',
      { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: 'tok', extensions: { a: '1', b: '2' } }) },
      'n,,\u0001auth=Bearer tok\u0001a=1\u0001b=2\u0001\u0001',
    ],
    ['AWS', { mechanism: 'aws', authorizationIdentity: 'i', accessKeyId: 'k', secretAccessKey: 's' }, 'i\0k\0s\0'],
  ]

  it.each(all)('by %s names the mechanism, then sends what it asks for', async (mechanism, sasl, message) => {
    const { send, asked } = takes(() => '', { lifetime: 1234 })
    expect(await login(sasl, broker, send)).toBe(1234)
    expect(asked).toEqual([
      [1, mechanism],
      [1, message],
    ])
  })

  it('by a mechanism of your own gives and takes bytes with their length, as kafkajs does', async () => {
    const { send, asked } = takes(() => '', { answer: 'yes' })
    const said: string[] = []
    const sasl: SaslOptions = {
      mechanism: 'own',
      authenticationProvider: ({ host, port, logger, saslAuthenticate }) => ({
        authenticate: async () => {
          logger.namespace('own').debug('begins')
          const request = { encode: () => new WireWriter().int32(2).bytes(Buffer.from('hi')).end() }
          const response = {
            decode: (answer: Buffer) => answer.subarray(4, 4 + answer.readInt32BE(0)),
            parse: (decoded: Buffer) => decoded.toString(),
          }
          said.push(`${host}:${port} ${await saslAuthenticate({ request, response })}`)
        },
      }),
    }
    await login(sasl, broker, send)
    expect([asked[1]?.[1], said]).toEqual(['hi', ['b:9092 yes']])
  })

  it.each([
    [33, 'UNSUPPORTED_SASL_MECHANISM'],
    [34, 'ILLEGAL_SASL_STATE'],
  ])('that the port does not take (error %i) says so', async (handshake, type) => {
    const { send } = takes(() => '', { handshake })
    await expect(login({ mechanism: 'plain', username: 'u', password: 'p' }, broker, send)).rejects.toMatchObject({ type, retriable: false })
  })

  it.each([
    ['that is refused', async () => ({ value: 'bad' }), 'no such token'],
    ['whose token cannot be had', async () => ({ value: '' }), 'oauthBearerProvider returned no token'],
  ])('%s is no fault that passes', async (_, oauthBearerProvider, message) => {
    const { send } = takes((bytes) => (bytes.includes('bad') ? 'no such token' : ''))
    await expect(login({ mechanism: 'oauthbearer', oauthBearerProvider }, broker, send)).rejects.toMatchObject({
      name: 'SASLAuthenticationError',
      message,
      retriable: false,
    })
  })

  it('whose connection breaks says nothing about the password', async () => {
    const send = () => Promise.reject(new ConnectionFault('ConnectionClosedError', 'gone'))
    await expect(login({ mechanism: 'plain', username: 'u', password: 'p' }, broker, send)).rejects.toMatchObject({ retriable: true })
  })
})
