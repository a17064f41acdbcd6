import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { API_VERSIONS, fakeBroker, framed, versionsAnswer } from '../../test/fake-broker.ts'
import { BrokerConnection, type ConnectionSettings } from './broker-connection.ts'
import { keep, look, type Parser } from './byte-feed.ts'
import { openSocket } from './socket.ts'
import { WireReader, WireWriter } from './wire.ts'

const ECHO = { apiKey: 77, apiVersion: 3, apiName: 'Echo' }
type Answer = Parameters<typeof fakeBroker>[0]

/** A connection to a broker that answers ApiVersions itself, and anything else by `answer`. */
async function connect(answer: Answer, more: Partial<ConnectionSettings> = {}, tls?: object) {
  const broker = await fakeBroker((frame, socket) => (frame.apiKey === API_VERSIONS ? versionsAnswer([77], 3) : answer(frame, socket)), tls)
  const settings: ConnectionSettings = { requestTimeout: 60_000, open: openSocket, logger: undefined, ...more }
  const connection = await BrokerConnection.open(broker, settings)
  onTestFinished(() => connection.close())
  return { broker, connection, settings }
}

const echo: Answer = ({ body }) => body

describe('a connection', () => {
  it('tells what the broker offers, and names its program', async () => {
    const { connection, broker } = await connect(echo, { clientId: 'mine' })
    expect([connection.maxVersion(77), connection.maxVersion(78), connection.isUsable]).toEqual([3, -1, true])
    expect(await connection.send({ ...ECHO, body: Buffer.from('hello') })).toEqual(Buffer.from('hello'))
    expect(broker.seen.map(({ apiKey, apiVersion }) => [apiKey, apiVersion])).toEqual([
      [API_VERSIONS, 0],
      [77, 3],
    ])
  })

  it('sends requests before earlier ones are answered, and gives each its own answer', async () => {
    const waiting: (() => void)[] = []
    const { connection } = await connect(({ correlation, body }, socket) => {
      waiting.push(() => socket.write(framed(correlation, body)))
      return null
    })
    const answers = ['a', 'b', 'c'].map((text) => connection.send({ ...ECHO, body: Buffer.from(text) }))
    await vi.waitUntil(() => waiting.length === 3)
    for (const answer of waiting) answer()
    expect((await Promise.all(answers)).map(String)).toEqual(['a', 'b', 'c'])
  })

  it('hands bytes to a parser as they come, however large the answer is', async () => {
    const large = Buffer.alloc(3_000_000, 'x')
    const { connection } = await connect(() => new WireWriter().int32(large.length).bytes(large).int8(1).end())
    function* parser(): Parser<Buffer> {
      const size = (yield look(4)).readInt32BE(0)
      return yield keep(size)
    }
    for (let round = 0; round < 3; round++) expect((await connection.send({ ...ECHO, body: Buffer.alloc(0) }, parser)).equals(large)).toBe(true)
  })

  it('waits with the next request where the broker throttles it', async () => {
    const { connection, broker } = await connect(() => new WireWriter().int32(300).int8(9).end())
    const request = { ...ECHO, body: Buffer.alloc(0), throttled: true }
    expect(await connection.send(request)).toEqual(Buffer.from([9]))
    const second = connection.send(request)
    await new Promise((done) => setTimeout(done, 50))
    expect(broker.seen).toHaveLength(2)
    await second
    expect(broker.seen).toHaveLength(3)
  })
})

describe('a connection that fails', () => {
  it('is closed after a request without an answer, with all that wait behind it', async () => {
    const { connection, broker } = await connect(() => null, { requestTimeout: 200 })
    const sent = [1, 2].map(() => connection.send({ ...ECHO, body: Buffer.alloc(0) }))
    for (const one of sent) await expect(one).rejects.toMatchObject({ name: 'RequestTimeoutError', message: expect.stringContaining('Echo') })
    expect(connection.isUsable).toBe(false)
    await vi.waitUntil(() => broker.open() === 0)
    await expect(connection.send({ ...ECHO, body: Buffer.alloc(0) })).rejects.toMatchObject({ name: 'RequestTimeoutError' })
  })

  it('waits longer for a request that the broker may hold', async () => {
    const { connection } = await connect(
      ({ correlation }, socket) => {
        setTimeout(() => socket.write(framed(correlation, Buffer.from('late'))), 600)
        return null
      },
      { requestTimeout: 100 },
    )
    expect(String(await connection.send({ ...ECHO, body: Buffer.alloc(0), held: 60_000 }))).toBe('late')
  })

  it.each([
    ['whole requests', (): Buffer | null => null],
    ['an answer that has begun', ({ correlation }: { correlation: Buffer }) => new WireWriter().int32(1000).bytes(correlation).int8(1).end()],
  ])('tells all requests when the broker hangs up: %s', async (_, begun) => {
    const { connection } = await connect((frame, socket) => {
      const bytes = begun(frame)
      if (bytes) socket.end(bytes)
      else socket.end()
      return null
    })
    await expect(connection.send({ ...ECHO, body: Buffer.alloc(0) })).rejects.toMatchObject({ name: 'ConnectionClosedError', retriable: true })
    expect(connection.isUsable).toBe(false)
  })

  it.each([
    ['an answer to another request', () => framed(Buffer.from([0, 0, 0, 99]), Buffer.alloc(2))],
    ['an answer that is cut off', ({ correlation }: { correlation: Buffer }) => framed(correlation, Buffer.from([1]))],
    ['no answer of Kafka', () => Buffer.from('HTTP/1.1 400 Bad Request\r\n')],
  ])('is closed by %s', async (_, wrong) => {
    const { connection, broker } = await connect((frame, socket) => {
      socket.write(wrong(frame))
      return null
    })
    function* two(): Parser<Buffer> {
      return yield look(2)
    }
    await expect(connection.send({ ...ECHO, body: Buffer.alloc(0) }, two)).rejects.toMatchObject({ name: 'ConnectionError', retriable: true })
    await vi.waitUntil(() => broker.open() === 0)
  })

  it('says so where nothing listens, and where something never answers', async () => {
    const broker = await fakeBroker(() => null)
    const settings: ConnectionSettings = { requestTimeout: 200, open: openSocket, logger: undefined }
    await expect(BrokerConnection.open(broker, settings)).rejects.toMatchObject({ message: expect.stringContaining('ApiVersions') })
    await vi.waitUntil(() => broker.open() === 0)
    await broker.close()
    await expect(BrokerConnection.open(broker, settings)).rejects.toMatchObject({ name: 'ConnectionError', broker: `127.0.0.1:${broker.port}` })
  })

  it('ends at once when it is closed, and after its last answer when it is retired', async () => {
    const { connection, broker } = await connect(() => null)
    const lost = connection.send({ ...ECHO, body: Buffer.alloc(0) })
    connection.close()
    await expect(lost).rejects.toMatchObject({ name: 'ConnectionClosedError' })
    await vi.waitUntil(() => broker.open() === 0)
    const other = await connect(echo)
    const answered = other.connection.send({ ...ECHO, body: Buffer.from('x') })
    other.connection.retire()
    expect(String(await answered)).toBe('x')
    await vi.waitUntil(() => other.broker.open() === 0)
  })
})

describe('a connection with a login', () => {
  const [HANDSHAKE, AUTHENTICATE] = [17, 36]
  const sasl = { mechanism: 'plain', username: 'u', password: 'p' } as const
  const verdict =
    (lifetime: number, error = 0): Answer =>
    (frame, socket) => {
      if (frame.apiKey === HANDSHAKE) return new WireWriter().int16(0).int32(0).end()
      if (frame.apiKey !== AUTHENTICATE) return echo(frame, socket)
      return new WireWriter()
        .int16(error)
        .string(error ? 'wrong password' : '')
        .int32(0)
        .int64(lifetime)
        .end()
    }

  it('logs in before anything else is sent', async () => {
    const { broker } = await connect(verdict(0), { sasl })
    expect(broker.seen.map(({ apiKey }) => apiKey)).toEqual([API_VERSIONS, HANDSHAKE, AUTHENTICATE])
    const body = new WireReader(broker.seen[2]?.body ?? Buffer.alloc(0))
    expect(body.bytes(body.int32()).toString()).toBe('\0u\0p')
  })

  it('is not usable any more when the login is about to end', async () => {
    const { connection } = await connect(verdict(400), { sasl })
    expect(connection.isUsable).toBe(true)
    await vi.waitUntil(() => !connection.isUsable)
  })

  it('is closed where the login is refused', async () => {
    const refused = connect(verdict(0, 58), { sasl })
    await expect(refused).rejects.toMatchObject({ name: 'SASLAuthenticationError', message: 'wrong password' })
  })
})

it('reads large answers over TLS too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tickets-tls-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' })
  const ca = readFileSync(cert)
  const large = Buffer.alloc(1_000_000, 'y')
  const { connection } = await connect(() => large, { ssl: { ca } }, { key: readFileSync(key), cert: ca })
  for (let round = 0; round < 2; round++) expect((await connection.send({ ...ECHO, body: Buffer.alloc(0) })).equals(large)).toBe(true)
  await expect(connect(echo, { ssl: true }, { key: readFileSync(key), cert: ca })).rejects.toMatchObject({ name: 'ConnectionError' })
})
