import { mariadb } from '../mariadb/mariadb.ts'
import { postgres } from '../postgres/postgres.ts'
import { type Database, type Kind, start, whyNone } from '../servers/database.ts'
import type { OtherClient } from './python.ts'

/** Servers that all runs of a campaign share, which start with the first database, and what another client reads of them. */
export class Databases {
  readonly #client: OtherClient
  readonly #name: () => string
  readonly #servers = new Map<Kind, Promise<Database>>()

  /** @param name gives a database its name */
  constructor(client: OtherClient, name: () => string) {
    this.#client = client
    this.#name = name
  }

  /** A fresh MariaDB database, by its URL. */
  mariadb(): Promise<string> {
    return this.#fresh(mariadb)
  }

  /** The same of PostgreSQL. */
  postgres(): Promise<string> {
    return this.#fresh(postgres)
  }

  /** Why there is no MariaDB here; null when there is. */
  noMariadb(): Promise<string | null> {
    return whyNone(mariadb)
  }

  /** The same of PostgreSQL. */
  noPostgres(): Promise<string | null> {
    return whyNone(postgres)
  }

  /** Reads a table into a file, whose name begins so. */
  async rows(url: string, table: string, file: string): Promise<string> {
    const to = `${file}-${table}.jsonl`
    await this.#client.do({ do: 'sql', url, database: new URL(url).pathname.slice(1), sql: `SELECT * FROM ${table}`, to })
    return to
  }

  async drop(...urls: readonly string[]): Promise<void> {
    for (const url of urls) await this.#client.do({ do: 'sql', url, sql: `DROP DATABASE ${new URL(url).pathname.slice(1)}` })
  }

  async stop(): Promise<void> {
    for (const server of this.#servers.values()) await (await server).stop()
  }

  async #fresh(kind: Kind): Promise<string> {
    const server = this.#servers.get(kind) ?? start(kind)
    this.#servers.set(kind, server)
    const { url } = await server
    const name = this.#name().replaceAll('-', '_')
    await this.#client.do({ do: 'sql', url, sql: `CREATE DATABASE ${name}` })
    const own = new URL(url)
    own.pathname = `/${name}`
    return own.href
  }
}
