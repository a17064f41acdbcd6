import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench } from './bench.ts'
import { RunBucket } from './bucket.ts'
import type { JoinedWith, NestedIn, Point, Sabotage, SentTo, WorkerConfig } from './config.ts'
import { LakeReader } from './lake-reader.ts'
import { losePower } from './power.ts'
import { WorkerProcess } from './process.ts'
import type { Random } from './random.ts'
import { namesIn } from './records.ts'

/** One run of a scenario: its folder, its workers, and what happened to them. */
export class Run {
  readonly bench: Bench
  readonly random: Random
  readonly home: string
  readonly group: string
  readonly hits = new Map<string, number>()
  readonly errors: string[] = []
  readonly notes: string[] = []
  readonly workers: WorkerProcess[] = []
  readonly #ends: (() => Promise<unknown>)[] = []
  kills = 0
  topic = ''
  /** False where there is nothing to compare, only how it stopped. */
  checks = true
  /** Codes with which a worker may stop here. */
  allowed: readonly string[] = []
  defaults: Partial<WorkerConfig> = {}
  /** Topics that the workers write to. */
  sentTo: SentTo | null = null
  readonly #sabotage: Sabotage | undefined
  #journal: string | undefined

  constructor(bench: Bench, random: Random, sabotage: Sabotage | undefined) {
    this.bench = bench
    this.random = random
    this.#sabotage = sabotage
    const name = bench.name('run')
    this.home = bench.folder(name)
    this.group = name
  }

  /** From here on all changes of files are written down, so that power can be lost. */
  recordChanges(): void {
    this.#journal = this.bench.folder(`${this.group}-journal`)
  }

  /** The database of the warehouse. */
  warehouse: string | null = null
  lake = false
  /** Whether a last compaction may finish what a killed one left; without it the next start of the pipeline has to. */
  compactsAtEnd = true

  /** From here on workers write to a lake and a warehouse too. */
  async sendToLakeAndWarehouse(): Promise<void> {
    this.warehouse = await this.bench.databases.mariadb()
    this.lake = true
  }

  /** From here on workers write to a Delta table and an Iceberg table too. */
  tables = false

  /** From here on they write to tables by key too. */
  keyed = false

  /** Databases of exploded rows. */
  nested: NestedIn | null = null

  /** From here on workers write nested rows to files, and exploded ones to MariaDB and PostgreSQL too. */
  async sendNested(): Promise<void> {
    this.nested = { mariadb: await this.bench.databases.mariadb(), postgres: await this.bench.databases.postgres() }
  }

  /** What tickets are joined with. */
  joined: JoinedWith | null = null

  /** From here on workers join tickets, whose topic is keyed by client, with a table and a stream, and keep totals in two databases and a topic. */
  async joinWithOthers(partitions: number): Promise<void> {
    const { bench } = this
    const [plans, calls] = await Promise.all([bench.topicOf('plans', partitions), bench.topicOf('calls', partitions)])
    const totals = await bench.freshTopic({ count: 0, config: { 'cleanup.policy': 'compact' } })
    this.joined = { plans, calls, totals, mariadb: await bench.databases.mariadb(), postgres: await bench.databases.postgres() }
  }

  /** The bucket that holds the log and the datasets, instead of folders. */
  bucket: RunBucket | null = null

  /** From here on workers have nothing in common but a bucket. */
  async shareBucketOnly(): Promise<void> {
    const bucket = await RunBucket.make(await this.bench.store(), this.group)
    this.bucket = bucket
    this.compactsAtEnd = false
    this.onEnd(async () => bucket.close())
  }

  /** What was left in the bucket, and on the disks of workers that had to write there alone. */
  async leftBehind(): Promise<string[]> {
    if (!this.bucket) return []
    const onDisks = this.workers.flatMap(({ config }) => namesIn(config.home).map((name) => `${name} in the working directory of a worker`))
    return [...(await this.bucket.leftBehind(this.home)), ...onDisks]
  }

  /** From here on workers write to topics too. */
  async sendToTopics(): Promise<void> {
    const [high, dead] = [await this.bench.freshTopic({ count: 0 }), await this.bench.freshTopic({ count: 0, partitions: 1 })]
    this.sentTo = { high, dead }
  }

  start(overrides: Partial<WorkerConfig> = {}, program: 'worker' | 'compactor' = 'worker'): WorkerProcess {
    const config = {
      brokers: this.bench.brokers,
      topic: this.topic,
      group: this.group,
      home: this.bucket ? this.bench.folder(`${this.group}-disk${this.workers.length}`) : this.home,
      ...(this.bucket ? { bucket: this.bucket.config() } : {}),
      until: 'now' as const,
      ...(this.#sabotage ? { sabotage: this.#sabotage } : {}),
      ...(this.#journal ? { journal: this.#journal } : {}),
      ...(this.sentTo ? { topics: this.sentTo } : {}),
      ...(this.lake ? { lake: true } : {}),
      ...(this.tables ? { tables: true } : {}),
      ...(this.keyed ? { keyed: true } : {}),
      ...(this.warehouse ? { warehouse: this.warehouse } : {}),
      ...(this.nested ? { nested: this.nested } : {}),
      ...(this.joined ? { joined: this.joined } : {}),
      ...this.defaults,
      ...overrides,
    }
    const worker = new WorkerProcess(config, program)
    this.workers.push(worker)
    worker.end.then(({ code, signal }) => {
      const { failure } = worker
      if (worker.doomed && signal === 'SIGKILL' && !failure) return
      // SIGTERM before the pipeline runs is left to the system.
      if (signal === 'SIGTERM' || code === 0 || (failure && this.allowed.includes(failure.code))) return
      this.errors.push(failure ? `${failure.code}: ${failure.error}` : `a worker ended with ${code ?? signal}: ${worker.stderr.slice(-500)}`)
    })
    return worker
  }

  async kill(worker: WorkerProcess): Promise<void> {
    if (worker.ended) return
    this.kills++
    await worker.kill()
  }

  /** Starts a worker that comes to a point, and waits for it; null when it ended before. */
  async startAt(point: Point, overrides: Partial<WorkerConfig> = {}, program: 'worker' | 'compactor' = 'worker'): Promise<WorkerProcess | null> {
    const worker = this.start({ ...overrides, point }, program)
    if (!(await worker.atPoint())) {
      if (worker.ended) return null
      // It neither came there nor to an end in time.
      this.errors.push(`a worker hung on its way to ${point.at}: ${JSON.stringify(worker.said.slice(-3))}`)
      await this.kill(worker)
      return null
    }
    if (point.how === 'freeze') await worker.frozen()
    this.note(`${point.task ?? 'any'}/${point.phase ?? 'any'}/${point.at}#${point.nth} ${point.how}`)
    const name = point.phase === 'recovery' ? `recovery: ${point.at}` : point.at
    this.hits.set(name, (this.hits.get(name) ?? 0) + 1)
    return worker
  }

  /** A process that compacts the lake meanwhile. */
  startCompactor(): WorkerProcess {
    return this.start({}, 'compactor')
  }

  /** Reads the lake with DuckDB until the function that it gives is called. */
  async watchLake(): Promise<() => Promise<void>> {
    const reader = await LakeReader.open(this.home, await this.bench.listFiles())
    let stopped = false
    const looking = (async () => {
      while (!stopped) {
        await reader.look()
        await new Promise((next) => setTimeout(next, 60))
      }
    })()
    return async () => {
      stopped = true
      await looking
      this.early.push(...reader.wrong.slice(0, 5))
      this.looks += reader.looks
    }
  }

  note(text: string): void {
    this.notes.push(text)
  }

  /** All that was not synced is gone, or some of it. Nobody looks meanwhile: the machine is off. */
  async losePower(): Promise<void> {
    if (!this.#journal) return
    const keep = this.random.pick([0, 0.3, 0.7])
    await this.unwatched(() => losePower(this.home, this.#journal as string, () => this.random.chance(keep)))
    this.note(`power lost, ${keep} of the rest kept`)
  }

  readonly early: string[] = []
  looks = 0

  watch(): void {
    this.bench.watchers.watch(this.home)
  }

  async unwatch(): Promise<void> {
    const { early, looks } = await this.bench.watchers.leave(this.home)
    this.early.push(...early)
    this.looks += looks
  }

  /** Does something after which files and log do not belong together for a while. */
  async unwatched(work: () => unknown): Promise<void> {
    await this.unwatch()
    try {
      await work()
    } finally {
      this.watch()
    }
  }

  /** Starts a worker that must stop by itself, with one of these codes; there is nothing to compare then. */
  async mustStop(
    codes: readonly string[],
    overrides: Partial<WorkerConfig> = {},
    meanwhile?: (worker: WorkerProcess) => Promise<void>,
  ): Promise<void> {
    this.#finished = true
    this.checks = false
    await this.stops(codes, overrides, meanwhile)
  }

  /** The same where it continues afterwards, when the advice of the error was followed. */
  async stops(
    codes: readonly string[],
    overrides: Partial<WorkerConfig> = {},
    meanwhile?: (worker: WorkerProcess) => Promise<void>,
  ): Promise<WorkerProcess> {
    this.allowed = codes
    const worker = this.start({ group: `${this.group}-stops${this.workers.length}`, ...overrides })
    await meanwhile?.(worker)
    await Promise.race([worker.end, sleep(120_000)])
    if (worker.failure) this.note(`stopped with ${worker.failure.code}`)
    else this.errors.push(`did not stop with ${codes.join(' or ')}: ${JSON.stringify(worker.said.slice(-3))}`)
    await worker.kill()
    return worker
  }

  /** Done when all is over, whatever came of it. */
  onEnd(work: () => Promise<unknown>): void {
    this.#ends.push(work)
  }

  async end(): Promise<void> {
    for (const worker of this.workers) await worker.kill()
    await this.unwatch()
    if (!this.bucket) return
    await this.bucket.stop()
    this.early.push(...this.bucket.early)
    this.looks += this.bucket.looks
  }

  async clean(): Promise<void> {
    for (const work of this.#ends) await work().catch(() => {})
  }

  #finished = false

  /** Lets a worker come to the end of the topic, and now and then another one, which finds nothing new: recovery and sweep only. */
  async finish(): Promise<void> {
    if (this.#finished) return
    this.#finished = true
    for (const worker of this.workers) await this.kill(worker)
    const { point: _point, faults: _faults, pace: _pace, slowSink: _slow, ...plain } = this.defaults
    this.defaults = plain
    this.allowed = []
    for (let again = this.random.chance(0.2) ? 0 : 1; again < 2; again++) {
      const worker = this.start({ until: 'now', group: `${this.group}-end${again}` })
      const timer = setTimeout(() => {
        this.errors.push(`the last worker did not end: ${JSON.stringify(worker.said.slice(-3))}`)
        worker.doomed = true
        worker.signal('SIGKILL')
      }, 150_000)
      await worker.end
      clearTimeout(timer)
    }
    // One that died may have left what a glob sees twice until the next one.
    if (this.lake && this.compactsAtEnd) await this.start({ once: true }, 'compactor').end
  }
}
