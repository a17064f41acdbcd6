import { describe, expect, it } from 'vitest'
import { type SecuredBroker, user } from '../../../../test/broker/secured.ts'
import type { ConnectionOptions } from '../../src/index.ts'
import { type Access, access, copying, failureOf, plain, scram } from './world.ts'

type Case = readonly [fault: string, way: (broker: SecuredBroker) => Access, code: string, message: RegExp]

const oauth = (value: () => string) => ({ mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: value() }) }) as const
const mtls = (broker: SecuredBroker, ssl: object) => access(broker, 'mtls', { ssl: { ca: broker.ca, ...ssl } })
const wrong = 'canary-password-wrong'

const logins: readonly Case[] = [
  [
    'a wrong password (SCRAM)',
    (b) => access(b, 'sasl', { sasl: { ...scram, password: wrong } }),
    'SOURCE_FAILED',
    /refused the login of "pipeline" by SCRAM-SHA-512 .*check `sasl`: username and password/,
  ],
  [
    'a wrong password (PLAIN)',
    (b) => access(b, 'sasl', { sasl: { ...plain, password: wrong } }),
    'SOURCE_FAILED',
    /refused the login of "pipeline" by PLAIN .*check `sasl`: username and password/,
  ],
  [
    'an unknown user',
    (b) => access(b, 'sasl', { sasl: { ...scram, username: 'nobody' } }),
    'SOURCE_FAILED',
    /refused the login of "nobody" by SCRAM-SHA-512 .*has this user for SCRAM-SHA-512/,
  ],
  [
    'a mechanism that the broker does not have',
    (b) => access(b, 'sasl', { sasl: { mechanism: 'scram-sha-256', ...user } }),
    'SOURCE_FAILED',
    /has no login by SCRAM-SHA-256 at this port.*sasl\.enabled\.mechanisms/,
  ],
  [
    'a token that has ended',
    (b) => access(b, 'sasl', { sasl: oauth(() => b.token(-3600)) }),
    'SOURCE_FAILED',
    /refused the login by OAUTHBEARER .*invalid_token.*`oauthBearerProvider` returns: issuer, audience/,
  ],
  [
    'a token for another audience',
    (b) => access(b, 'sasl', { sasl: oauth(() => b.token(600, { aud: 'other' })) }),
    'SOURCE_FAILED',
    /refused the login by OAUTHBEARER .*invalid_token/,
  ],
]

const transports: readonly Case[] = [
  [
    'a broker certificate of an unknown CA',
    (b) => access(b, 'untrusted'),
    'SOURCE_UNREACHABLE',
    /is not signed by a CA that this process trusts: set `ssl: \{ ca \}`/,
  ],
  ['a broker certificate that has expired', (b) => access(b, 'expired'), 'SOURCE_UNREACHABLE', /certificate of the broker.* has expired/],
  [
    'a broker certificate for another host',
    (b) => access(b, 'otherhost'),
    'SOURCE_UNREACHABLE',
    /not for the host name in `brokers`.*subjectAltName/,
  ],
  [
    'no client certificate',
    (b) => mtls(b, {}),
    'SOURCE_UNREACHABLE',
    /wants a certificate of the client \(mTLS\) and got none: set `ssl: \{ cert, key \}`/,
  ],
  [
    'a client certificate that has expired',
    (b) => mtls(b, b.clients.expired),
    'SOURCE_UNREACHABLE',
    /client's certificate, which has expired \(\d{4}-/,
  ],
  [
    'a client certificate of another CA',
    (b) => mtls(b, b.clients.untrusted),
    'SOURCE_UNREACHABLE',
    /refuses the client's certificate of `ssl`: check that it is signed by a CA in the broker's truststore/,
  ],
  ['TLS on a port without it', (b) => ({ brokers: b.admin, ssl: { ca: b.ca } }), 'SOURCE_UNREACHABLE', /takes no TLS: leave `ssl` out/],
  ['no TLS on a port with it', (b) => ({ brokers: b.at('tls') }), 'SOURCE_UNREACHABLE', /takes TLS only: set `ssl`/],
]

/** Declares tests of ways in that the broker refuses, or that the client does. */
export function describeFaults(broker: () => SecuredBroker): void {
  describe.each(['kafkajs', '@platformatic/kafka'] as const)(
    'refused at once, and nothing is lost, over %s',
    (driver: ConnectionOptions['driver']) => {
      it.each([
        ['logins', logins],
        ['certificates and ports', transports],
      ])('%s', async (_, cases) => {
        const world = await copying(broker())
        await world.send(50)
        await world.run(access(broker(), 'mtls'), driver)
        await world.send(20)
        const before = await world.outputs()
        const errors: Error[] = []
        for (const [fault, way, code, message] of cases) {
          const error = await failureOf(() => world.run(way(broker()), driver))
          errors.push(error)
          expect.soft({ fault, ...about(error) }).toEqual({ fault, code, retryable: false, message: expect.stringMatching(message) })
        }
        expect(await world.outputs()).toEqual(before)
        await world.run(access(broker(), 'mtls'), driver)
        await world.expectWhole(2)
        await world.expectNoSecrets([user.password, wrong, 'PRIVATE KEY', 'eyJhbGci'], errors)
      })
    },
  )
}

/** Returns what users of an error go by. */
export function about(error: Error) {
  const { code, retryable, message } = error as Error & { code?: string; retryable?: boolean }
  return { code, retryable, message }
}
