import { expect, it } from 'vitest'
import type { SecuredBroker } from '../../../../test/broker/secured.ts'
import { diagnoseKafka } from '../../src/index.ts'
import { type Access, access } from './world.ts'

type Case = readonly [what: string, way: (broker: SecuredBroker) => Access, problem: RegExp, fix: RegExp]

const mtls = (broker: SecuredBroker, ssl: object) => access(broker, 'mtls', { ssl: { ca: broker.ca, ...ssl } })
const isClient = /does not accept the certificate of the client, or got none$/
const forClient = /^give a certificate .*with its key \(cert, key\)$/

const cases: readonly Case[] = [
  [
    'a broker certificate of an unknown CA',
    (b) => access(b, 'untrusted'),
    /no authority that is trusted here/,
    /^give the certificate of the authority/,
  ],
  ['a broker certificate that has expired', (b) => access(b, 'expired'), /has expired, or is not valid yet$/, /^renew the certificate of the broker/],
  ['a broker certificate for another host', (b) => access(b, 'otherhost'), /is for another name$/, /^use a name that is in the certificate/],
  ['no client certificate', (b) => mtls(b, {}), isClient, forClient],
  ['a client certificate that has expired', (b) => mtls(b, b.clients.expired), isClient, forClient],
  ['a client certificate of another CA', (b) => mtls(b, b.clients.untrusted), isClient, forClient],
]

/** Declares tests of what `tickets doctor` says about certificates. */
export function describeDoctor(broker: () => SecuredBroker): void {
  const drivers = ['kafkajs', '@platformatic/kafka'] as const
  const everyCase = drivers.flatMap((driver) => cases.map(([what, ...rest]) => [`${what}, over ${driver}`, driver, ...rest] as const))

  it.each(everyCase)('the doctor names %s, and what to do', async (_, driver, way, problem, fix) => {
    const { findings } = await diagnoseKafka({ ...way(broker()), driver })
    expect(findings).toEqual([
      { check: 'certificate', problem: expect.stringMatching(problem), seen: expect.stringMatching(/\w{5}/), fix: expect.stringMatching(fix) },
    ])
  })

  it('the doctor finds nothing where the certificate is right', async () => {
    expect((await diagnoseKafka(access(broker(), 'mtls'))).findings).toEqual([])
  })
}
