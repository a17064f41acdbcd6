import { Ticket } from '@tickets/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Broker } from '../../../test/broker/broker.ts'
import { hasJava } from '../../../test/broker/jars.ts'
import { freePorts, javaBroker } from '../../../test/broker/java.ts'
import { kafkaSource } from '../src/index.ts'
import { createTopic, unique } from './helpers.ts'

// Only a broker of our own has other listeners: whatever the other tests use, this one needs Java.
const java = await hasJava()
if (!java && process.env.CI === 'true')
  throw new Error('The test of listeners needs Java 17 or newer and Maven (Debian: apt-get install openjdk-17-jre-headless maven).')
if (!java) console.warn('Left out: the test of listeners. It needs Java 17 or newer and Maven.')

const sasl = { mechanism: 'plain', username: 'reader', password: 'secret' } as const

describe.skipIf(!java)('a listener that does not fit', () => {
  let broker: Broker
  let topic: string
  let [login, lost] = [0, 0]
  beforeAll(async () => {
    ;[login = 0, lost = 0] = await freePorts(2)
    broker = await javaBroker({
      listeners: [
        { name: 'LOGIN', protocol: 'SASL_PLAINTEXT', port: login },
        { name: 'LOST', protocol: 'PLAINTEXT', port: lost, advertised: 'nowhere.invalid:9092' },
      ],
      properties: {
        'sasl.enabled.mechanisms': 'PLAIN',
        'listener.name.login.plain.sasl.jaas.config': 'org.apache.kafka.common.security.plain.PlainLoginModule required user_reader="secret";',
      },
    })
    topic = unique('listeners')
    await createTopic(broker.brokers, topic)
  }, 120_000)
  afterAll(() => broker?.stop())

  const describeAt = (brokers: readonly string[], more: object = {}) =>
    kafkaSource({ schema: Ticket, brokers, topic, groupId: unique('g'), retryFor: 1, ...more }).describe()

  it('is named where it is advertised under a name that does not resolve', async () => {
    const brokers = [`127.0.0.1:${lost}`]
    const error = {
      code: 'SOURCE_UNREACHABLE',
      message: expect.stringMatching(/tells clients to connect to nowhere\.invalid:9092.*advertised\.listeners/),
    }
    await expect(describeAt(brokers)).rejects.toMatchObject(error)
  })

  it('wants no login, and gets one: leave it out', async () => {
    await expect(describeAt(broker.brokers, { sasl })).rejects.toMatchObject({
      code: 'SOURCE_FAILED',
      retryable: false,
      message: expect.stringMatching(/this port wants none\. Leave `sasl` out/),
    })
    await describeAt(broker.brokers)
  })

  it('wants a login, and gets none: the message names `sasl`', async () => {
    const brokers = [`127.0.0.1:${login}`]
    await expect(describeAt(brokers)).rejects.toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      message: expect.stringMatching(/closed the connection without an answer.*set `sasl`/),
    })
    await describeAt(brokers, { sasl })
    await expect(describeAt(brokers, { sasl: { ...sasl, password: 'wrong' } })).rejects.toMatchObject({
      code: 'SOURCE_FAILED',
      message: expect.stringMatching(/refused the login.*check `sasl`/),
    })
    await expect(describeAt(brokers, { sasl: { ...sasl, mechanism: 'scram-sha-256' } })).rejects.toMatchObject({
      code: 'SOURCE_FAILED',
      message: expect.stringMatching(/no login by SCRAM-SHA-256 at this port\. Set `mechanism` to one of the listener's/),
    })
  })
})
