import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import Module from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Broker } from '../../../../test/broker/broker.ts'
import { hasJava } from '../../../../test/broker/jars.ts'
import { freePorts, javaBroker } from '../../../../test/broker/java.ts'
import { fakeCluster } from '../../test/fake-cluster.ts'
import { createTopic, rawKafka, unique } from '../../test/helpers.ts'
import { type DiagnoseOptions, diagnoseKafka, listenerFindings } from './diagnose.ts'

const java = await hasJava()
if (!java && process.env.CI === 'true') throw new Error('The test of broken set-ups needs Java 17 or newer, Maven and openssl.')
if (!java) console.warn('Left out: the test of broken set-ups. It needs Java 17 or newer, Maven and openssl.')

/** What is found, and how long that took. */
async function found(options: DiagnoseOptions) {
  const began = performance.now()
  const { findings } = await diagnoseKafka(options)
  expect(performance.now() - began, 'one broken set-up takes 10 s at the most on a machine that is not loaded').toBeLessThan(30_000)
  for (const { problem, seen, fix } of findings) expect([problem, seen, fix].every((text) => text.length > 5)).toBe(true)
  return findings.map(({ check, problem }) => `${check}: ${problem}`)
}

it('a port where nothing answers, and one of something else', async () => {
  expect(await found({ brokers: ['127.0.0.1:1'] })).toEqual(['broker: no Kafka broker answers at 127.0.0.1:1'])
  const silent = createServer(() => {})
  await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done))
  const { port } = silent.address() as { port: number }
  expect(await found({ brokers: [`127.0.0.1:${port}`] })).toEqual([expect.stringMatching(/^broker: /)])
  silent.close()
})

it('a broker that is older than the oldest that can be read from', async () => {
  const fetch = 1
  expect(await listenerFindings(fakeCluster({ versions: { [fetch]: 12 } }))).toEqual([])
  expect(await listenerFindings(fakeCluster({ versions: { [fetch]: 10 } }))).toEqual([
    {
      check: 'version',
      problem: 'the broker is too old',
      seen: expect.stringMatching(/^broker 0 offers version 10 of Fetch, and \d+ is needed$/),
      fix: 'use Kafka 2.3 or newer',
    },
  ])
})

const reader = { mechanism: 'plain', username: 'reader', password: 'secret' } as const
const jaas = 'org.apache.kafka.common.security.plain.PlainLoginModule required user_reader="secret";'

describe.skipIf(!java)('a broker with what may be wrong', () => {
  let broker: Broker
  let folder: string
  let topic: string
  let ca: Buffer
  let [secure, login, lost] = [0, 0, 0]
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tickets-diagnose-'))
    const [key, cert, store] = ['key.pem', 'cert.pem', 'store.pem'].map((name) => join(folder, name)) as [string, string, string]
    const subject = ['-subj', '/CN=broker', '-addext', 'subjectAltName=IP:127.0.0.1']
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' })
    ca = await readFile(cert)
    await writeFile(store, Buffer.concat([await readFile(key), ca]))
    ;[secure = 0, login = 0, lost = 0] = await freePorts(3)
    broker = await javaBroker({
      listeners: [
        { name: 'SECURE', protocol: 'SSL', port: secure },
        { name: 'LOGIN', protocol: 'SASL_PLAINTEXT', port: login },
        { name: 'LOST', protocol: 'PLAINTEXT', port: lost, advertised: 'nowhere.invalid:9092' },
      ],
      properties: {
        'listener.name.secure.ssl.keystore.type': 'PEM',
        'listener.name.secure.ssl.keystore.location': store,
        'sasl.enabled.mechanisms': 'PLAIN',
        'listener.name.login.plain.sasl.jaas.config': jaas,
        // Who comes without a login may do everything, and `reader` what it is allowed.
        'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
        'super.users': 'User:ANONYMOUS',
      },
    })
    topic = unique('diagnose')
    await createTopic(broker.brokers, topic, 2)
  }, 240_000)
  afterAll(async () => {
    await broker?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  it('in order: nothing is found', async () => {
    const diagnosis = await diagnoseKafka({ brokers: broker.brokers, topic, groupId: unique('g'), transactionalId: 'lake' })
    expect(diagnosis.findings).toEqual([])
    for (const check of ['broker', 'listener', 'topic', 'access', 'group', 'codec', 'clock', 'version'] as const)
      expect(diagnosis.checked).toContain(check)
    expect((await diagnoseKafka({ brokers: [`127.0.0.1:${secure}`], ssl: { ca } })).findings).toEqual([])
  })

  it('an advertised listener that does not resolve is named', async () => {
    expect(await found({ brokers: [`127.0.0.1:${lost}`] })).toEqual([expect.stringMatching(/^listener: .* connect to nowhere\.invalid:9092 /)])
  })

  it('TLS on a plain port, and the reverse', async () => {
    expect(await found({ brokers: broker.brokers, ssl: true })).toEqual([expect.stringMatching(/^tls: .* speaks no TLS, and the client wants it$/)])
    expect(await found({ brokers: [`127.0.0.1:${secure}`] })).toEqual([expect.stringMatching(/^tls: .* speaks TLS, and the client does not$/)])
  })

  it('a login that is missing, wrong, not wanted, or of another mechanism', async () => {
    const brokers = [`127.0.0.1:${login}`]
    expect(await found({ brokers })).toEqual([expect.stringMatching(/^login: .* closes connections without a login$/)])
    expect(await found({ brokers, sasl: { ...reader, password: 'wrong' } })).toEqual([expect.stringMatching(/^login: .* refused the login$/)])
    expect(await found({ brokers, sasl: { ...reader, mechanism: 'scram-sha-256' } })).toEqual([
      expect.stringMatching(/^login: .* this kind of login$/),
    ])
    expect(await found({ brokers: broker.brokers, sasl: reader })).toEqual([expect.stringMatching(/^login: .* this kind of login$/)])
  })

  it('a certificate that nobody has signed, and one for another name', async () => {
    const fixes = async (options: DiagnoseOptions) => (await diagnoseKafka(options)).findings.map(({ check, fix }) => `${check}: ${fix}`)
    expect(await fixes({ brokers: [`127.0.0.1:${secure}`], ssl: true })).toEqual([
      expect.stringMatching(/^certificate: give the certificate of the authority that signed it/),
    ])
    expect(await fixes({ brokers: [`localhost:${secure}`], ssl: { ca } })).toEqual([
      expect.stringMatching(/^certificate: use a name that is in the certificate/),
    ])
  })

  it.each([
    ['snappy', 'snappy'],
    ['lz4', 'lz4-napi'],
  ])('a topic whose messages need %s, which is not installed', async (type, library) => {
    const packed = unique(type)
    await createTopic(broker.brokers, packed, 1, { 'compression.type': type })
    // What is loaded already stays loaded, so these are other modules.
    vi.resetModules()
    const { diagnoseKafka } = await import('./diagnose.ts')
    const modules = Module as unknown as { _load(name: string, ...rest: unknown[]): unknown }
    const load = modules._load
    const missing = vi.spyOn(modules, '_load').mockImplementation((name, ...rest) => {
      if (name !== library) return load(name, ...rest)
      throw Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' })
    })
    const look = () => diagnoseKafka({ brokers: broker.brokers, topic: packed })
    const { findings } = await look().finally(() => missing.mockRestore())
    expect(findings).toEqual([
      {
        check: 'codec',
        problem: `messages that are compressed with ${type} cannot be read here`,
        seen: expect.stringMatching(`${type}.*compression.type of "${packed}" is ${type}`),
        fix: expect.stringMatching(/^install the package/),
      },
    ])
    expect((await look()).findings).toEqual([])
  })

  it('a topic that is not there', async () => {
    expect(await found({ brokers: broker.brokers, topic: 'nowhere' })).toEqual(['topic: there is no topic "nowhere"'])
  })

  it('rights on topic, group and transactional id, each named', async () => {
    const asReader = { brokers: [`127.0.0.1:${login}`], sasl: reader }
    const rights = async (more: object) =>
      (await diagnoseKafka({ ...asReader, ...more })).findings.map(({ check, fix, seen }) => `${check}: ${fix} (${seen})`)
    expect(await rights({ topic })).toEqual([expect.stringMatching(/^access: allow READ and DESCRIBE on the topic/)])
    expect(await rights({ transactionalId: 'lake' })).toEqual([expect.stringMatching(/^access: allow WRITE and DESCRIBE on the transactional id/)])
    const admin = rawKafka(broker.brokers).admin()
    await admin.connect()
    // READ on a topic, for this user from anywhere: the numbers of kafkajs for resource, pattern, operation and permission.
    const acl = { resourceType: 2, resourceName: topic, resourcePatternType: 3, principal: 'User:reader', host: '*', operation: 3, permissionType: 3 }
    await admin.createAcls({ acl: [acl] })
    await admin.disconnect()
    expect(await rights({ topic, groupId: 'lake' })).toEqual([expect.stringMatching(/^access: allow READ on the group/)])
  })

  it('a group of another program, and one that is ahead of the topic', async () => {
    const groupId = unique('g')
    const admin = rawKafka(broker.brokers).admin()
    await admin.connect()
    await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '999' }] })
    await admin.disconnect()
    expect(await found({ brokers: broker.brokers, topic, groupId })).toEqual([`group: the group "${groupId}" is ahead of the topic`])
    expect(await found({ brokers: broker.brokers, topic, groupId, logId: 'log1' })).toEqual([`group: the group "${groupId}" is used by another log`])
  })

  it('messages that are dated ahead of this clock', async () => {
    const ahead = unique('ahead')
    await createTopic(broker.brokers, ahead)
    const producer = rawKafka(broker.brokers).producer()
    await producer.connect()
    await producer.send({ topic: ahead, messages: [{ value: '{}', timestamp: String(Date.now() + 600_000) }] })
    await producer.disconnect()
    expect(await found({ brokers: broker.brokers, topic: ahead })).toEqual([expect.stringMatching(/^clock: /)])
  })
})
