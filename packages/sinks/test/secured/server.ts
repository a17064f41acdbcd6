import { chmod, chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { type Authority, authority, type Certificate } from '../../../../test/broker/certificates.ts'
import { localDatabase as localMariadb } from '../../../../test/mariadb/local.ts'
import { localDatabase as localPostgres } from '../../../../test/postgres/local.ts'
import type { Database } from '../../../../test/servers/database.ts'
import { NOBODY } from '../../../../test/servers/process.ts'

type Row = Readonly<Record<string, unknown>>

/** The users that the grants of `deploy/sql` are for. */
export const passwords = { tickets_setup: 'canary-setup-71c4', tickets_writer: 'canary-writer-20fe' } as const
export type User = keyof typeof passwords

/** A database server with TLS, on which a sink has the rights of `deploy/sql` and no others. */
export interface SecuredDatabase {
  readonly own: Authority
  readonly other: Authority
  /** The address for a user of `deploy/sql`. */
  url(user: User, more?: { readonly password?: string; readonly host?: string }): string
  /** Runs statements as the admin. */
  query(sql: string): Promise<readonly Row[]>
  /** Begins anew: the database is empty, its users are there, and have the rights that they have before the first run. */
  reset(): Promise<void>
  /** Runs the file of grants. */
  grant(): Promise<void>
  /** Has the server show another certificate to those that connect from now on. */
  show(certificate: Certificate): Promise<void>
  readonly kill: Database['kill']
  readonly restart: Database['restart']
  stop(): Promise<void>
}

const grants = (kind: string) => readFile(fileURLToPath(new URL(`../../../../deploy/sql/${kind}-grants.sql`, import.meta.url)), 'utf8')

/** A folder with the key and the certificate of a server, which alone may read the key. */
async function tlsFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'tickets-tls-'))
  await chmod(folder, 0o755)
  const [own, other] = [authority(folder, 'own'), authority(folder, 'other')]
  const [key, cert] = [join(folder, 'server.key'), join(folder, 'server.pem')]
  const put = async (certificate: Certificate) => {
    await writeFile(cert, certificate.cert)
    await writeFile(key, certificate.key, { mode: 0o600 })
    if (process.getuid?.() === 0) for (const path of [cert, key]) await chown(path, NOBODY, NOBODY)
  }
  await put(own.sign('server', { san: 'IP:127.0.0.1' }))
  return { own, other, key, cert, put, remove: () => rm(folder, { recursive: true, force: true }) }
}

const addressOf = (url: string, database: string): SecuredDatabase['url'] => {
  return (user, { password = passwords[user], host } = {}) => {
    const at = new URL(url)
    Object.assign(at, { username: user, password, pathname: `/${database}`, ...(host !== undefined && { hostname: host }) })
    return at.href
  }
}

/** Starts MariaDB that takes connections with TLS only. */
export async function securedMariadb(): Promise<SecuredDatabase> {
  const tls = await tlsFolder()
  const database = await localMariadb([
    `--ssl-cert=${tls.cert}`,
    `--ssl-key=${tls.key}`,
    `--ssl-ca=${tls.own.certFile}`,
    '--require-secure-transport=ON',
  ])
  const run = async (sql: string): Promise<readonly Row[]> => {
    const client = await mysql.createConnection({ uri: database.url, ssl: { rejectUnauthorized: false }, multipleStatements: true })
    const [results] = await client.query(sql).finally(() => client.end())
    return (results as Row[][]).at(-1) ?? []
  }
  const query = (sql: string) => run(`USE support; ${sql}`)
  /** Sends the statements one after the other, cut where the client of MariaDB cuts them. */
  const grant = async () => {
    const [head = '', block = ''] = (await grants('mariadb')).split(/^DELIMITER .*$/m)
    await query(`${head} ${block.replace('//', ';')}`)
  }
  return {
    ...tls,
    url: addressOf(database.url, 'support'),
    query,
    grant,
    async reset() {
      const users = Object.entries(passwords).map(([user, password]) => `CREATE OR REPLACE USER ${user}@'%' IDENTIFIED BY '${password}';`)
      await run(`DROP DATABASE IF EXISTS support; CREATE DATABASE support; ${users.join(' ')}`)
      await grant()
    },
    async show(certificate) {
      await tls.put(certificate)
      await query('FLUSH SSL')
    },
    kill: database.kill,
    restart: database.restart,
    async stop() {
      await database.stop()
      await tls.remove()
    },
  }
}

/** Starts PostgreSQL that takes all users but its own admin with TLS only. */
export async function securedPostgres(): Promise<SecuredDatabase> {
  const tls = await tlsFolder()
  const access = join(tls.cert, '../pg_hba.conf')
  await writeFile(access, 'host all tickets 127.0.0.1/32 scram-sha-256\nhostssl all all 127.0.0.1/32 scram-sha-256\n', { mode: 0o644 })
  const database = await localPostgres(['ssl=on', `ssl_cert_file=${tls.cert}`, `ssl_key_file=${tls.key}`, `hba_file=${access}`])
  const at = (name: string) => Object.assign(new URL(database.url), { pathname: `/${name}` }).href
  const run = async (name: string, sql: string, ssl?: object) => {
    const client = new pg.Client({ connectionString: at(name), ...(ssl && { ssl }) })
    await client.connect()
    try {
      const { stream } = (client as unknown as { connection: { stream: { getPeerCertificate?(): { raw: Buffer } } } }).connection
      const results = [await client.query(sql)].flat()
      return { rows: (results.at(-1)?.rows ?? []) as Row[], certificate: stream.getPeerCertificate?.().raw }
    } finally {
      await client.end()
    }
  }
  const grant = async () => void (await run('support', await grants('postgres')))
  return {
    ...tls,
    url: addressOf(database.url, 'support'),
    query: async (sql) => (await run('support', `SET search_path TO support; ${sql}`)).rows,
    grant,
    async reset() {
      await run('postgres', 'DROP DATABASE IF EXISTS support WITH (FORCE)')
      await run('postgres', 'CREATE DATABASE support')
      for (const [user, password] of Object.entries(passwords)) {
        await run('postgres', `DROP ROLE IF EXISTS ${user}`)
        await run('postgres', `CREATE ROLE ${user} LOGIN PASSWORD '${password}'`)
      }
      await run('support', 'CREATE SCHEMA support')
      await grant()
    },
    async show(certificate) {
      await tls.put(certificate)
      await run('postgres', 'SELECT pg_reload_conf()')
      const shown = async () => (await run('postgres', 'SELECT 1', { rejectUnauthorized: false })).certificate?.toString('base64')
      const expected = certificate.cert.toString().replace(/-----[A-Z ]+-----|\s/g, '')
      while ((await shown()) !== expected) await new Promise((done) => setTimeout(done, 50))
    },
    kill: database.kill,
    restart: database.restart,
    async stop() {
      await database.stop()
      await tls.remove()
    },
  }
}
