import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Broker, startBroker } from '../broker/broker.ts'
import { hasJava } from '../broker/jars.ts'
import { javaBroker } from '../broker/java.ts'
import { type FaultyProxy, startProxy } from '../s3/proxy.ts'
import { missingStore, startStore } from '../s3/start.ts'
import type { Store } from '../s3/store.ts'
import { Checker } from './check.ts'
import type { SentTo } from './config.ts'
import { Databases } from './databases.ts'
import type { ListFiles } from './lake-reader.ts'
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
  /** Each client's tickets are in one partition. */
  readonly byClient?: boolean
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
  readonly databases: Databases
  #store: Promise<Store> | null
  #forgetful: Promise<FaultyProxy> | null = null

  private constructor(broker: Broker, client: OtherClient, checker: Checker, store: Store | null) {
    this.#store = store && Promise.resolve(store)
    this.broker = broker
    this.client = client
    this.databases = new Databases(client, () => this.name('crash'))
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
    return this.#once([options, brokers], async () => {
      const name = await this.freshTopic(options, brokers)
      await this.learn(name, brokers)
      return name
    })
  }

  /** Makes a topic once. Where that fails, the next run that wants it tries again. */
  #once(what: unknown, make: () => Promise<string>): Promise<string> {
    const key = JSON.stringify(what)
    const known = this.#topics.get(key)
    if (known) return known
    const topic = make()
    this.#topics.set(key, topic)
    topic.catch(() => this.#topics.delete(key))
    return topic
  }

  /** A topic of one run's own, which may be changed; `learn` it when it has all. */
  async freshTopic(
    { seed = 1, count = 700, partitions = 3, poison, huge, transactional, keys, byClient, config }: TopicOptions = {},
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
        byClient: byClient ?? false,
      })
    return topic
  }

  /** A topic of versions of a table by client, with tombstones, or of calls of clients: keyed as tickets are `byClient`. Made once. */
  topicOf(what: 'plans' | 'calls', partitions: number): Promise<string> {
    return this.#once([what, partitions], async () => {
      const topic = await this.freshTopic({ count: 0, partitions })
      await this.client.do({ do: what, topic, brokers: this.brokers.join(','), partitions, seed: 1, count: 400 })
      return topic
    })
  }

  /** Reads a topic whole with the other client, for the check. Returns how many messages it has. */
  async learn(topic: string, brokers = this.brokers): Promise<number> {
    const dump = join(this.home, `${topic}.jsonl`)
    const { rows } = await this.client.do({ do: 'dump', topic, brokers: brokers.join(','), to: dump })
    await this.checker.learn(topic, dump)
    return Number(rows)
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

  /** Reads what was sent to topics with the other client, each into a file. */
  async tell({ high, dead }: SentTo): Promise<SentTo> {
    return { high: await this.told(high), dead: await this.told(dead) }
  }

  /** Reads the messages of a topic with the other client into a file. */
  async told(topic: string): Promise<string> {
    const to = join(this.home, `${topic}.sent.jsonl`)
    await this.client.do({ do: 'tell', topic, brokers: this.brokers.join(','), to })
    return to
  }

  /** A compacted topic, when the broker has done with it: gaps where messages were. */
  settledTopic(options: TopicOptions): Promise<string> {
    return this.#once(options, () => this.#settle(options))
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
    await this.databases.stop()
    await (await this.#forgetful)?.stop()
    await (await this.#store)?.stop()
    await this.broker.stop()
    if (!keep && !process.env.KEEP) rmSync(this.home, { recursive: true, force: true })
  }
}
