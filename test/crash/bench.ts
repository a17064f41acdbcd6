import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Broker, startBroker } from '../broker/broker.ts'
import { hasJava } from '../broker/jars.ts'
import { javaBroker } from '../broker/java.ts'
import { mariadb } from '../mariadb/mariadb.ts'
import { postgres } from '../postgres/postgres.ts'
import { type FaultyProxy, startProxy } from '../s3/proxy.ts'
import { missingStore, startStore } from '../s3/start.ts'
import type { Store } from '../s3/store.ts'
import { type Database, type Kind, start, whyNone } from '../servers/database.ts'
import { Checker } from './check.ts'
import type { NestedIn, SentTo } from './config.ts'
import type { Elsewhere } from './expected.ts'
import type { ListFiles } from './lake-reader.ts'
import type { NestedFound } from './nested-expected.ts'
import { packageUrl } from './package-url.ts'
import { type OtherClient, otherClient } from './python.ts'
import { TableRows } from './table-rows.ts'
import { Watchers } from './watch.ts'

export interface TopicOptions {
  readonly seed?: number
  readonly count?: number
  readonly partitions?: number
  readonly poison?: number
  readonly huge?: boolean
  readonly transactional?: boolean
  readonly keys?: number
  readonly config?: Readonly<Record<string, string>>
}

/** What all runs of a campaign share: a broker, topics that were read once by another client, the check, the watcher. */
export class Bench {
  readonly home = mkdtempSync(join(tmpdir(), 'tickets-crash-'))
  readonly broker: Broker
  readonly client: OtherClient
  readonly checker: Checker
  readonly watchers = new Watchers()
  readonly tables = new TableRows()
  readonly #topics = new Map<string, Promise<string>>()
  #own: Promise<Broker> | null = null
  #turn: Promise<void> = Promise.resolve()
  #names = 0
  readonly #servers = new Map<Kind, Promise<Database>>()
  #store: Promise<Store> | null
  #forgetful: Promise<FaultyProxy> | null = null

  private constructor(broker: Broker, client: OtherClient, checker: Checker, store: Store | null) {
    this.#store = store && Promise.resolve(store)
    this.broker = broker
    this.client = client
    this.checker = checker
  }

  /** Starts what it is not given: a broker now, an object store when a run asks for it. */
  static async open(brokers?: readonly string[], store?: string | null): Promise<Bench> {
    const none = async () => {}
    const broker: Broker = brokers ? { brokers: [...brokers], how: 'env', stop: none, kill: none, restart: none } : await startBroker()
    return new Bench(broker, await otherClient(), await Checker.open(), store ? { how: 'env', endpoint: store, stop: none } : null)
  }

  get brokers(): readonly string[] {
    return this.broker.brokers
  }

  /** A broker that may be killed. */
  ownBroker(): Promise<Broker> {
    this.#own ??= javaBroker()
    return this.#own
  }

  /** Whether a broker of our own can be started beside the shared one. */
  get mayStart(): Promise<boolean> {
    return hasJava()
  }

  /** Waits for its turn with the broker that may be killed; call what it returns when done. */
  async lockOwnBroker(): Promise<() => void> {
    const before = this.#turn
    let done = () => {}
    this.#turn = new Promise((resolve) => {
      done = resolve
    })
    await before
    return done
  }

  name(what: string): string {
    return `${what}-${process.pid}-${this.#names++}`
  }

  /** A topic with tickets, bad messages among them; the same options give the same topic, made once. */
  topic(options: TopicOptions = {}, brokers = this.brokers): Promise<string> {
    const key = JSON.stringify([options, brokers])
    let topic = this.#topics.get(key)
    if (!topic) {
      topic = this.freshTopic(options, brokers).then(async (name) => {
        await this.learn(name, brokers)
        return name
      })
      this.#topics.set(key, topic)
      // The next run that wants it tries again.
      topic.catch(() => this.#topics.delete(key))
    }
    return topic
  }

  /** A topic of one run's own, which may be changed; `learn` it when it has all. */
  async freshTopic(
    { seed = 1, count = 700, partitions = 3, poison, huge, transactional, keys, config }: TopicOptions = {},
    brokers = this.brokers,
  ): Promise<string> {
    const topic = this.name('crash')
    const at = { topic, brokers: brokers.join(',') }
    await this.client.do({ do: 'topic', ...at, partitions, ...(config ? { config } : {}) })
    if (count > 0)
      await this.client.do({
        do: 'make',
        ...at,
        seed,
        count,
        partitions,
        poison: poison ?? 0.02,
        huge: huge ?? false,
        transactional: transactional ?? false,
        keys: keys ?? 0,
      })
    return topic
  }

  /** Reads a topic whole with the other client, for the check. Returns how many messages it has. */
  async learn(topic: string, brokers = this.brokers): Promise<number> {
    const dump = join(this.home, `${topic}.jsonl`)
    const { rows } = await this.client.do({ do: 'dump', topic, brokers: brokers.join(','), to: dump })
    await this.checker.learn(topic, dump)
    return Number(rows)
  }

  /** A fresh MariaDB database on a server that all runs share, by its URL. */
  database(): Promise<string> {
    return this.#fresh(mariadb)
  }

  /** The same of PostgreSQL. */
  postgresDatabase(): Promise<string> {
    return this.#fresh(postgres)
  }

  async #fresh(kind: Kind): Promise<string> {
    const server = this.#servers.get(kind) ?? start(kind)
    this.#servers.set(kind, server)
    const { url } = await server
    const name = this.name('crash').replaceAll('-', '_')
    await this.client.do({ do: 'sql', url, sql: `CREATE DATABASE ${name}` })
    const own = new URL(url)
    own.pathname = `/${name}`
    return own.href
  }

  /** The endpoint of an object store that all runs share. It does not know an upload any more that is completed. */
  async store(): Promise<string> {
    this.#forgetful ??= this.storeProxy()
    return (await this.#forgetful).endpoint
  }

  /** A proxy of its own before that store. */
  async storeProxy(): Promise<FaultyProxy> {
    this.#store ??= startStore('fenced')
    return startProxy((await this.#store).endpoint, { forgetsUploads: true })
  }

  /** Why there is none here; null when there is. */
  noStore(): Promise<string | null> {
    return missingStore('fenced')
  }

  /** `files(dir)` of the built packages. */
  async listFiles(): Promise<ListFiles> {
    const sinks = (await import(packageUrl('@tickets/sinks'))) as { files: ListFiles }
    return sinks.files
  }

  /** Why there is no MariaDB here; null when there is. */
  noDatabase(): Promise<string | null> {
    return whyNone(mariadb)
  }

  /** The same of PostgreSQL. */
  noPostgres(): Promise<string | null> {
    return whyNone(postgres)
  }

  /** Reads the warehouse's tables with the other client, each into a file, and drops the database. */
  async facts(url: string, home: string): Promise<Elsewhere['facts']> {
    const rows = (table: string) => this.#rows(url, table, home)
    const found = {
      fact_ticket: await rows('fact_ticket'),
      v_tickets_by_type: await rows('v_tickets_by_type'),
      v_tickets_by_priority: await rows('v_tickets_by_priority'),
      v_metrics: await rows('v_metrics'),
    }
    await this.#drop(url)
    return found
  }

  /** The same for nested rows and exploded ones. */
  async nested({ mariadb, postgres }: NestedIn, home: string): Promise<NestedFound> {
    const found = {
      notes: join(home, 'out', 'notes', '*.parquet'),
      exploded: await this.#rows(mariadb, 'exploded', home),
      words: await this.#rows(postgres, 'words', home),
    }
    for (const url of [mariadb, postgres]) await this.#drop(url)
    return found
  }

  /** Reads a table with the other client into a file. */
  async #rows(url: string, table: string, home: string): Promise<string> {
    const to = `${home}-${table}.jsonl`
    await this.client.do({ do: 'sql', url, database: new URL(url).pathname.slice(1), sql: `SELECT * FROM ${table}`, to })
    return to
  }

  async #drop(url: string): Promise<void> {
    await this.client.do({ do: 'sql', url, sql: `DROP DATABASE ${new URL(url).pathname.slice(1)}` })
  }

  /** Reads what was sent to topics with the other client, each into a file. */
  async tell({ high, dead }: SentTo): Promise<SentTo> {
    const told = async (topic: string) => {
      const to = join(this.home, `${topic}.sent.jsonl`)
      await this.client.do({ do: 'tell', topic, brokers: this.brokers.join(','), to })
      return to
    }
    return { high: await told(high), dead: await told(dead) }
  }

  /** A compacted topic, when the broker has done with it: gaps where messages were. */
  settledTopic(options: TopicOptions): Promise<string> {
    const key = JSON.stringify(options)
    let topic = this.#topics.get(key)
    if (!topic) {
      topic = this.#settle(options)
      this.#topics.set(key, topic)
    }
    return topic
  }

  async #settle(options: TopicOptions): Promise<string> {
    const topic = await this.freshTopic(options)
    const at = { topic, brokers: this.brokers.join(',') }
    const sent = (options.count ?? 0) * (options.partitions ?? 3)
    let before = -1
    for (let i = 0; i < 30; i++) {
      // The newest segment is never compacted; a late message begins another.
      if (i === 0)
        await this.client.do({
          do: 'make',
          ...at,
          seed: options.seed ?? 1,
          count: 1,
          partitions: options.partitions ?? 3,
          poison: 0,
          keys: 1,
          begin: 100_000,
        })
      await sleep(1000)
      const { rows } = await this.client.do({ do: 'dump', ...at, to: join(this.home, `${topic}.jsonl`) })
      if (Number(rows) < sent && rows === before) break
      before = Number(rows)
    }
    if (before >= sent) throw new Error(`the broker did not compact ${topic}: ${before} messages`)
    await this.learn(topic)
    return topic
  }

  folder(name: string): string {
    const folder = join(this.home, name)
    mkdirSync(folder, { recursive: true })
    return folder
  }

  /** `keep` leaves the folders that are still there, for a look at them. */
  async close(keep = false): Promise<void> {
    this.watchers.close()
    this.client.close()
    await this.tables.close()
    await (await this.#own)?.stop()
    for (const server of this.#servers.values()) await (await server).stop()
    await (await this.#forgetful)?.stop()
    await (await this.#store)?.stop()
    await this.broker.stop()
    if (!keep && !process.env.KEEP) rmSync(this.home, { recursive: true, force: true })
  }
}
