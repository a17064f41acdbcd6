import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Broker } from '../../../test/broker/broker.ts'
import { hasJava } from '../../../test/broker/jars.ts'
import { freePorts, javaBroker } from '../../../test/broker/java.ts'
import type { SaslOptions } from '../src/index.ts'
import { createTopic, drain, member, numbers, send, unique } from './helpers.ts'

const java = await hasJava()
if (!java && process.env.CI === 'true') throw new Error('The test of secure listeners needs Java 17 or newer and Maven.')
if (!java) console.warn('Left out: the test of secure listeners. It needs Java 17 or newer and Maven.')

const module = (name: string, options = '') => `org.apache.kafka.common.security.${name} required${options};`
const user = { username: 'reader', password: 'canary-7f3a' }

/** A token that is not signed, which a broker takes where nothing else is set up. */
function token(): string {
  const now = Math.floor(Date.now() / 1000)
  const parts = [{ alg: 'none' }, { sub: 'reader', iat: now, exp: now + 3600 }]
  return `${parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`
}

describe.skipIf(!java)('a listener with TLS and a login', () => {
  let broker: Broker
  let folder: string
  let topic: string
  let brokers: string[]
  let ca: Buffer
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tickets-secure-'))
    const [key, cert, store] = ['key.pem', 'cert.pem', 'store.pem'].map((name) => join(folder, name)) as [string, string, string]
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' })
    ca = await readFile(cert)
    await writeFile(store, Buffer.concat([await readFile(key), ca]))
    const [port = 0] = await freePorts(1)
    const login = 'listener.name.secure'
    broker = await javaBroker({
      listeners: [{ name: 'SECURE', protocol: 'SASL_SSL', port }],
      format: [256, 512].flatMap((bits) => ['--add-scram', `SCRAM-SHA-${bits}=[name=${user.username},password=${user.password}]`]),
      properties: {
        [`${login}.ssl.keystore.type`]: 'PEM',
        [`${login}.ssl.keystore.location`]: store,
        [`${login}.sasl.enabled.mechanisms`]: 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
        [`${login}.plain.sasl.jaas.config`]: module('plain.PlainLoginModule', ` user_reader="${user.password}"`),
        [`${login}.scram-sha-256.sasl.jaas.config`]: module('scram.ScramLoginModule'),
        [`${login}.scram-sha-512.sasl.jaas.config`]: module('scram.ScramLoginModule'),
        [`${login}.oauthbearer.sasl.jaas.config`]: module('oauthbearer.OAuthBearerLoginModule', ' unsecuredLoginStringClaim_sub="broker"'),
        // Every login ends soon, and a connection that sends anything after that is closed by the broker. kafkajs renews its login 10 seconds before.
        'connections.max.reauth.ms': 13_000,
      },
    })
    brokers = [`127.0.0.1:${port}`]
    topic = unique('secure')
    await createTopic(broker.brokers, topic)
    await send(broker.brokers, topic, 0, 3000)
  }, 240_000)
  afterAll(async () => {
    await broker?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const logins: [string, SaslOptions][] = [
    ['PLAIN', { mechanism: 'plain', ...user }],
    ['SCRAM-SHA-256', { mechanism: 'scram-sha-256', ...user }],
    ['SCRAM-SHA-512', { mechanism: 'scram-sha-512', ...user }],
    ['OAUTHBEARER', { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: token() }) }],
  ]

  it.each(logins)('is read whole, and no log has the password: %s', async (_, sasl) => {
    const said: string[] = []
    const note = (message: string, details?: object) => void said.push(message + inspect(details, { depth: 20 }))
    const logger = { debug: note, info: note, warn: note, error: note }
    const m = await member({ brokers, topic, groupId: unique('g'), ssl: { ca }, sasl, partitionBytes: 50_000, logger })
    expect((await drain(await m.open(`${topic}-0`, 0, { to: 3000 }))).rows).toEqual(numbers(0, 3000))
    await m.close()
    expect(said.filter((text) => text.includes('kafka.client')).length).toBeGreaterThan(10)
    const secrets = [user.password, Buffer.from(user.password).toString('base64').slice(0, -4), Buffer.from(user.password).toString('hex'), 'eyJ']
    expect(said.filter((text) => secrets.some((secret) => text.includes(secret)))).toEqual([])
  })

  it('is read on after the login has ended', async () => {
    const later = unique('later')
    await createTopic(broker.brokers, later)
    const m = await member({ brokers, topic: later, groupId: unique('g'), ssl: { ca }, sasl: { mechanism: 'plain', ...user } })
    const reader = await m.open(`${later}-0`, 0)
    const rows: number[] = []
    for (const from of [0, 10]) {
      await send(broker.brokers, later, from, from + 10)
      rows.push(...(await drain(reader, { enough: (n) => n >= 10 })).rows)
      if (from === 0) await new Promise((done) => setTimeout(done, 15_000))
    }
    expect([rows, m.failures]).toEqual([numbers(0, 20), []])
    await m.close()
  })
})
