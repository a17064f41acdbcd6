import { describe, expect, it } from 'vitest'
import type { SecuredBroker } from '../../../../test/broker/secured.ts'
import { user } from '../../../../test/broker/secured.ts'
import type { SaslOptions } from '../../src/index.ts'
import { access, copying, plain, scram } from './world.ts'

/** A token that ends after so many seconds, and its source. */
function tokens(broker: () => SecuredBroker, seconds: number) {
  const given: string[] = []
  const sasl: SaslOptions = {
    mechanism: 'oauthbearer',
    oauthBearerProvider: async () => {
      const value = broker().token(seconds)
      given.push(value)
      return { value }
    },
  }
  return { sasl, given }
}

/** Declares tests of pipelines that reach the broker by each kind of login. */
export function describeLogins(broker: () => SecuredBroker): void {
  describe.each(['kafkajs', '@platformatic/kafka'] as const)('with the rights of deploy/kafka/acls.sh and no others, over %s', (driver) => {
    it.each([
      ['mTLS', () => access(broker(), 'mtls')],
      ['SCRAM-SHA-512', () => access(broker(), 'sasl', { sasl: scram })],
      ['PLAIN', () => access(broker(), 'sasl', { sasl: plain })],
      ['OAUTHBEARER', () => access(broker(), 'sasl', { sasl: tokens(broker, 600).sasl })],
    ])('copies each row once, run after run: %s', async (_, way) => {
      const world = await copying(broker())
      await world.send(60)
      expect(await world.run(way(), driver)).toMatchObject({ how: 'done', rows: 61, rejected: 1 })
      await world.send(30)
      expect(await world.run(way(), driver)).toMatchObject({ how: 'done', rows: 31, rejected: 1 })
      await world.expectWhole(2)
      await world.expectNoSecrets([user.password])
    })

    it('copies on when the token of OAUTHBEARER has ended, with a new one of the callback', async () => {
      const world = await copying(broker())
      const { sasl, given } = tokens(broker, 12)
      const stop = new AbortController()
      const running = world.create(access(broker(), 'sasl', { sasl }), driver, true).run({ handleSignals: false, signal: stop.signal })
      await world.send(20)
      await world.expectWhole(1)
      const before = given.length
      await new Promise((done) => setTimeout(done, 15_000))
      await world.send(20)
      await world.expectWhole(2)
      expect(given.length).toBeGreaterThan(before)
      stop.abort()
      expect(await running).toMatchObject({ how: 'stopped', rows: 42 })
      await world.expectNoSecrets(given)
    })
  })
}
