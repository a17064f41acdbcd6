import { deferred } from '../base/async.ts'
import { TicketsError } from '../base/errors.ts'
import { logEvent } from '../base/log/log-events.ts'
import type { Assignments, Closable } from '../connectors/source.ts'
import { MERGE } from '../records/merge-record.ts'
import { isDone, isMerged, type RunEnd } from '../records/run-end.ts'
import { lastTaskRecord } from '../records/task-record.ts'
import type { TaskContext } from '../tasks/context.ts'
import { Merge } from '../tasks/merge-task.ts'
import { type SupervisorOptions, supervise } from '../tasks/restart.ts'
import { Task } from '../tasks/task.ts'
import { BackfillWatch } from './backfills/backfill-watch.ts'
import type { ResolvedOptions } from './options.ts'

interface Running {
  readonly revocation: AbortController
  readonly promise: Promise<void>
}

/** How long the merge waits for an announcement before it lists the log, since tasks may run in other processes; in milliseconds. */
const LOOK_AGAIN = 250

/**
 * One run of a pipeline in this process: starts a task for each partition that is assigned, runs the merge while it holds the first
 * partition, and comes to an end when the source does, when it is asked to stop, or when something fails for good.
 */
export class Run<T> {
  readonly #context: TaskContext<T>
  readonly #options: ResolvedOptions
  readonly #merges: boolean
  readonly #tasks = new Map<string, Running>()
  readonly #done = new Set<string>()
  readonly #stop = new AbortController()
  readonly #over = deferred<'done' | 'stopped'>()
  #merge: { readonly running: Running; current: Merge<T> | null; done: boolean } | null = null
  #failed = false
  /** Whether this process knows its partitions, which may be none. */
  #isAssigned = false

  constructor(context: TaskContext<T>, options: ResolvedOptions, merges: boolean) {
    this.#context = context
    this.#options = options
    this.#merges = merges
  }

  /** The partitions of this process, which may be none; null while it does not know. */
  get assigned(): readonly string[] | null {
    return this.#isAssigned ? [...this.#tasks.keys()] : null
  }

  /** The merge, while this process runs it. */
  get merge(): Merge<T> | null {
    return this.#merge?.current ?? null
  }

  /** Runs to the end; `drain` makes it stop early with all that was read committed. */
  async run(ends: RunEnd | null, drain: AbortSignal): Promise<'done' | 'stopped'> {
    const onDrain = () => this.#over.resolve('stopped')
    drain.addEventListener('abort', onDrain)
    if (drain.aborted) onDrain()
    let source: Closable | null = null
    try {
      source = await this.#context.source.partitions(this.#assignments())
      if (this.#context.source.until !== 'never') this.#watch(ends).catch((error) => this.#fail(error))
      const how = await this.#over.promise.catch(async (error) => {
        // Commit what the other tasks have read before reporting the error.
        await this.#drain().catch(() => {})
        throw error
      })
      await this.#drain()
      return how
    } finally {
      drain.removeEventListener('abort', onDrain)
      await this.#revokeAll()
      await source?.close()
    }
  }

  #assignments(): Assignments {
    return {
      assigned: (partitions) => {
        if (this.#stop.signal.aborted) return
        this.#isAssigned = true
        for (const partition of partitions) this.#start(partition)
        if (this.#merges && partitions.includes(this.#context.partitions[0] ?? '')) this.#startMerge()
        this.#context.news.announce()
      },
      revoked: async (partitions) => {
        const gone = partitions.map((partition) => this.#tasks.get(partition)).filter((running) => running !== undefined)
        for (const partition of partitions) this.#tasks.delete(partition)
        this.#isAssigned = this.#tasks.size > 0
        if (this.#merge && partitions.includes(this.#context.partitions[0] ?? '')) {
          gone.push(this.#merge.running)
          this.#merge = null
        }
        for (const { revocation } of gone) revocation.abort()
        await Promise.all(gone.map(({ promise }) => promise))
      },
      failed: (error) => this.#fail(error),
    }
  }

  #start(partition: string): void {
    const context = this.#context
    const revocation = new AbortController()
    this.#done.delete(partition)
    const work = {
      name: partition,
      run: async () => {
        const result = await Task.run(context, partition, this.#stop.signal, revocation.signal)
        if (result === 'done') this.#done.add(partition)
        this.#context.news.announce()
      },
      // By its record, over all times that the task is opened: one that publishes what the time before has recorded gets on, too.
      progress: () => context.reported.get(partition)?.n ?? -1,
    }
    this.#tasks.set(partition, { revocation, promise: supervise(work, this.#supervision(partition, revocation)).catch((error) => this.#fail(error)) })
  }

  #startMerge(): void {
    const revocation = new AbortController()
    let commits = 0
    const work = {
      name: 'the merge',
      run: () => this.#runMerge(revocation.signal, () => commits++),
      progress: () => commits,
    }
    const promise = Promise.resolve()
      .then(() => supervise(work, this.#supervision(MERGE, revocation)))
      .catch((error) => this.#fail(error))
    this.#merge = { running: { revocation, promise }, current: null, done: false }
  }

  async #runMerge(revoked: AbortSignal, onProgress: () => void): Promise<void> {
    const slot = this.#merge
    const merge = await Merge.open(this.#context)
    // Partitions may have been added since; every assignment asks (docs/internals/protocol.md#1.2).
    const { partitions } = await this.#context.source.describe()
    if (slot) slot.current = merge
    const backfills = this.#context.source.backfill ? new BackfillWatch(this.#context.log) : null
    try {
      while (!revoked.aborted) {
        const news = this.#context.news.next
        await merge.join(partitions.map(({ id }) => id))
        await backfills?.look(merge)
        await merge.step()
        onProgress()
        const isEnd = merge.state.tasks.every(
          (task) => merge.state.isBackfill(task) || this.#isOutside(task) || isDone(merge.state.views.get(task), this.#context.endOf(task)),
        )
        if (isEnd) {
          await merge.step(true)
          // Announce only once. The merge's own announcement wakes the merge, which would loop without yielding to timers and tasks.
          if (slot && !slot.done) {
            slot.done = true
            this.#context.news.announce()
          }
        }
        if (this.#stop.signal.aborted && this.#settled) break
        await Promise.race([news, this.#context.clock.sleep(LOOK_AGAIN, revoked)])
      }
      if (!revoked.aborted) await merge.step(true)
    } finally {
      if (slot) slot.current = null
      await merge.close()
    }
  }

  /** Returns whether a partition was added after this bounded run began. It has no end in this run, which does not wait for it. */
  #isOutside(partition: string): boolean {
    const { source, endOf } = this.#context
    return source.until === 'now' && endOf(partition) === undefined
  }

  /** Whether all tasks of this process have ended, so that the merge gets no more records from them. */
  #settled = false

  #supervision(task: string, { signal }: AbortController): SupervisorOptions {
    const { retries, clock, logger } = this.#options
    const onRetry = (error: unknown, failures: number) => this.#context.events.retried({ task, error, failures, at: clock.now() })
    return { retries, clock, logger, onRetry, signal }
  }

  /** Ends a bounded run when every partition is done, here or in another process, and the merge has folded all records. */
  async #watch(ends: RunEnd | null): Promise<void> {
    const { log, clock } = this.#context
    const partitions = this.#context.partitions.filter((partition) => !this.#isOutside(partition))
    if (this.#context.partitions.length === 0)
      logEvent(
        this.#context.logger,
        'source.empty',
        { source: this.#context.source.name },
        `${this.#context.source.name} has no partitions: the run ends, and nothing was read. Check the name of its topic or path`,
      )
    while (!this.#stop.signal.aborted) {
      const news = this.#context.news.next
      const open = partitions.filter((partition) => !this.#done.has(partition))
      // The log says what is recorded, and not whether that is published: whoever gets a task does that first. So this process asks it only about the
      // tasks of others, once it knows which are its own.
      if ((this.#isAssigned || partitions.length === 0) && (await this.#areDone(open, ends))) {
        if (!this.#merges || this.#merge?.done || (!this.#merge && (await isMerged(log, partitions)))) return this.#over.resolve('done')
      }
      await Promise.race([news, clock.sleep(LOOK_AGAIN, this.#stop.signal)])
    }
  }

  async #areDone(partitions: readonly string[], ends: RunEnd | null): Promise<boolean> {
    for (const partition of partitions) {
      if (this.#tasks.has(partition)) return false
      if (!isDone(await lastTaskRecord(this.#context.log, partition), ends?.[partition])) return false
    }
    return true
  }

  #fail(error: unknown): void {
    this.#failed = true
    this.#over.reject(error)
  }

  /** Stops the tasks, which commit what they have read, and then the merge, within the deadline. */
  async #drain(): Promise<void> {
    const { drainTimeout } = this.#options
    this.#stop.abort()
    const finished = (async () => {
      await Promise.all([...this.#tasks.values()].map(({ promise }) => promise))
      this.#settled = true
      this.#context.news.announce()
      await this.#merge?.running.promise
    })()
    const inTime = await this.#context.drain.wait(finished)
    if (this.#failed) await this.#over.promise
    if (!inTime)
      throw new TicketsError(
        'DRAIN_DEADLINE',
        `the pipeline did not come to rest within ${drainTimeout} ms; nothing is lost, the next run continues from the last record`,
        { retryable: true },
      )
  }

  async #revokeAll(): Promise<void> {
    this.#stop.abort()
    const running = [...this.#tasks.values(), ...(this.#merge ? [this.#merge.running] : [])]
    for (const { revocation } of running) revocation.abort()
    await this.#context.drain.wait(Promise.all(running.map(({ promise }) => promise)))
  }
}
