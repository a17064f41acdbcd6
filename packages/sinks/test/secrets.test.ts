import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sink, Ticket } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { s3 } from '@tickets/s3'
import { jsonSink, parquetSink } from '@tickets/sinks'
import { mysqlSink } from '@tickets/sinks/mysql'
import { postgresSink } from '@tickets/sinks/postgres'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { afterEach, describe, expect, test } from 'vitest'
import { placeAt, sharedStore } from '../../../test/s3/shared.ts'
import { sharedDatabase } from '../../../test/servers/shared.ts'
import { leaks, saidBy } from './said-by.ts'

// Its part up to the slash is in every form of it, also as a part of an address.
const password = 'canary-pass/5d1f@x'
const shown = ['canary-pass', '5d1f']

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'tickets-secrets-'))
  cleanups.push(() => rm(dir, { recursive: true, force: true }))
  return dir
}

/** Runs a pipeline, and expects this outcome and no secret in anything that was said. */
async function quiet(outcome: 'done' | 'failed', secrets: readonly string[], make: (dir: string) => Sink<Ticket>, says?: RegExp): Promise<void> {
  const dir = await folder()
  const said = await saidBy(dir, commitLog(join(dir, 'log')), () => make(dir))
  expect([said.outcome, leaks(said, secrets)], said.error).toEqual([outcome, []])
  if (says) expect(said.error).toMatch(says)
  if (outcome === 'done') expect([said.files.length > 0, said.served.includes('tickets_rows_read_total')]).toEqual([true, true])
}

test('the search finds what a sink says: in its error, in what lies behind that, in log lines and in files', async () => {
  const dir = await folder()
  const sink = jsonSink<Ticket>(join(dir, 'all'))
  const failing: Sink<Ticket> = {
    ...sink,
    open: async (task, schema, on) => {
      on?.logger.warn(`with ${password}`)
      await writeFile(join(dir, 'staged'), password)
      const writer = await sink.open(task, schema, on)
      return { ...writer, stage: () => Promise.reject(new Error('refused', { cause: { config: { password } } })) }
    },
  }
  const found = leaks(await saidBy(dir, commitLog(join(dir, 'log')), () => failing), ['canary-pass'])
  expect(found).toEqual(['error: canary-pass', 'log: canary-pass', 'files: canary-pass'])
})

interface Server {
  readonly kind: 'mysql' | 'postgres'
  readonly url: URL
  query(sql: string): Promise<unknown>
  sink(url: string): Sink<Ticket>
}

/** A table of a database, tried again for a short time. */
function sinkAt(kind: Server['kind'], url: string): Sink<Ticket> {
  const options = { url, table: 'secrets', key: [], retryFor: '1 second' } as const
  return kind === 'mysql' ? mysqlSink<Ticket>(options) : postgresSink<Ticket>(options)
}

async function server(kind: Server['kind']): Promise<Server | null> {
  const shared = await sharedDatabase(kind, `the secrets of ${kind}`)
  if (shared === null) return null
  const sink = (url: string) => sinkAt(kind, url)
  const query = async (sql: string) => {
    if (kind === 'mysql') {
      const connection = await mysql.createConnection(shared)
      return connection.query(sql).finally(() => connection.end())
    }
    const client = new pg.Client(shared)
    await client.connect()
    return client.query(sql).finally(() => client.end())
  }
  return { kind, url: new URL(shared), query, sink }
}

const servers = { mysql: await server('mysql'), postgres: await server('postgres') }

describe.each(['mysql', 'postgres'] as const)('the password of %s', (kind) => {
  const database = servers[kind]
  /** The address of a new database, and of a new user that may use it. */
  async function made(): Promise<URL> {
    const { query, url } = database as Server
    const name = `secrets_${randomBytes(4).toString('hex')}`
    await query(`CREATE DATABASE ${name}`)
    if (kind === 'mysql') {
      await query(`CREATE USER '${name}'@'%' IDENTIFIED BY '${password}'`)
      await query(`GRANT ALL ON ${name}.* TO '${name}'@'%'`)
    } else {
      await query(`CREATE ROLE ${name} LOGIN PASSWORD '${password}'`)
      await query(`ALTER DATABASE ${name} OWNER TO ${name}`)
    }
    cleanups.push(async () => {
      await query(`DROP DATABASE ${name}`)
      await query(kind === 'mysql' ? `DROP USER '${name}'@'%'` : `DROP ROLE ${name}`)
    })
    const own = new URL(url)
    own.username = name
    own.password = encodeURIComponent(password)
    own.pathname = `/${name}`
    return own
  }
  const at = (url: URL, change: Partial<Pick<URL, 'port' | 'password' | 'pathname' | 'username'>>) => Object.assign(new URL(url), change).href
  const sink = (url: string) => (database as Server).sink(url)

  test.skipIf(!database)('is in nothing that a run which works says or writes', async () => {
    const url = await made()
    await quiet('done', shown, () => sink(url.href))
  })

  test.skipIf(!database)('is in no error and no log line where the login, the database or the right is not there', async () => {
    const url = await made()
    await quiet('failed', [...shown, 'wrong-canary'], () => sink(at(url, { password: 'wrong-canary-pass' })), /wrong|denied|authentication|login/i)
    await quiet('failed', shown, () => sink(at(url, { pathname: '/canary_none' })))
    await quiet('failed', shown, () => sink(at(url, { username: 'nobody' })))
  })

  test.skipIf(!database)('is in no error where nobody listens, or something else does', async () => {
    const url = await made()
    const other = createTcpServer((socket) => void socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n', () => socket.destroy()))
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done))
    const { port } = other.address() as AddressInfo
    await quiet('failed', shown, () => sink(at(url, { port: String(port) })))
    await new Promise((done) => other.close(done))
    await quiet('failed', shown, () => sink(at(url, { port: String(port) })))
  })

  test('is in no error of an address that cannot be read', async () => {
    for (const url of [
      `${kind}://user:${password}@host:port/database`,
      `http://user:canary-pass@127.0.0.1/database`,
      `${kind}://user:canary-pass@127.0.0.1:1`,
    ])
      await quiet('failed', shown, () => sinkAt(kind, url))
  })
})

const store = await sharedStore('fenced', 'the secrets of buckets')

describe('the keys of a bucket', () => {
  const credentials = { accessKeyId: 'CANARYACCESS', secretAccessKey: 'canary-secret-key', sessionToken: 'canary-session-token' }
  const keys = ['canary-secret', 'canary-session']

  test.skipIf(!store || process.env.S3_ENDPOINT !== undefined)(
    'are in nothing that a run which works says or writes, also into the bucket',
    async () => {
      const bucket = s3({ ...(await placeAt(store ?? '')), credentials })
      const dir = await folder()
      const said = await saidBy(dir, commitLog(bucket.below('log')), () => parquetSink(bucket.below('all')) as Sink<Ticket>)
      expect([said.outcome, leaks(said, keys)], said.error).toEqual(['done', []])
      const objects: string[] = []
      for (const name of await namesIn(bucket)) objects.push(name, Buffer.from((await bucket.read(name)) ?? []).toString('latin1'))
      expect(objects.length).toBeGreaterThan(4)
      expect(leaks({ objects: objects.join('\n') }, keys)).toEqual([])
    },
  )

  test.each([
    [
      'where the store refuses',
      (_, response) => {
        response.writeHead(403, { 'content-type': 'application/xml' })
        response.end('<Error><Code>SignatureDoesNotMatch</Code><Message>The signature does not match</Message></Error>')
      },
    ],
    ['where the store breaks', (_, response) => void response.writeHead(500).end()],
    ['where the connection ends', (request) => void request.socket.destroy()],
  ] as const satisfies readonly (readonly [string, RequestListener])[])('are in no error and no log line %s', async (_, answer) => {
    const broken = createServer(answer as RequestListener)
    await new Promise<void>((done) => broken.listen(0, '127.0.0.1', done))
    const endpoint = `http://127.0.0.1:${(broken.address() as AddressInfo).port}`
    const bucket = s3({ bucket: 'canary', endpoint, region: 'us-east-1', forcePathStyle: true, credentials, maxAttempts: 1 } as never)
    await quiet('failed', keys, () => parquetSink(bucket) as Sink<Ticket>)
    await new Promise((done) => broken.close(done).closeAllConnections())
  })
})

/** The names of all objects below a place. */
async function namesIn(bucket: ReturnType<typeof s3>): Promise<string[]> {
  const found: string[] = []
  for (const name of ['log', 'all']) for (const one of await bucket.names(name)) found.push(`${name}/${one}`)
  return found
}
