import { type Clock, systemClock } from '../base/clock.ts'
import { isTicketsError, TicketsError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import type { CommitLog, LogRecord } from '../connectors/commit-log.ts'
import type { Range } from '../connectors/sink.ts'
import type { StepTime } from '../connectors/telemetry.ts'
import { checkChanges, notedChanges } from '../records/change-count.ts'
import { type OperatorState, readOperatorState } from '../records/operator-state-record.ts'
import { type StateSnapshot, TaskState } from './operator-state.ts'
import type { Writers } from './writers.ts'

export interface CommitterOptions {
  readonly log: CommitLog
  /** `<topic>-<partition>`, or `merge`. */
  readonly task: string
  /** Random, new for each assignment (docs/internals/protocol.md#3.3). */
  readonly attempt: string
  readonly writers: Writers
  /** id → the operator whose state goes into the record. */
  readonly operators: ReadonlyMap<string, OperatorState>
  /** Flows that no longer run and whose state the log may still hold. */
  readonly gone?: ReadonlySet<string>
  /** How many changes of the flows this process knows of; each record says so. */
  readonly changes?: number
  /** Returns the lowest record that something else still reads (the merge's committed position); Infinity if nothing does. */
  readonly neededFrom: () => Promise<number>
  /** Times the steps; the system clock by default. */
  readonly clock?: Clock
  /** Called when there is room for the next range, or a commit has failed. */
  readonly freed?: () => void
}

/** A range that is committed, with when each step began and ended, in epoch milliseconds. */
export interface Committed {
  readonly record: LogRecord
  readonly steps: { readonly stage: StepTime; readonly record: StepTime; readonly publish: StepTime }
}

/** A range that was cut and is not yet committed. */
interface PendingCommit {
  readonly n: number
  /** Resolves to the staged files, and when that was, once they and the state are durable. */
  readonly staged: Promise<{ readonly files: LogRecord['files']; readonly time: StepTime }>
  /** Settles when the commits before it have ended. */
  readonly before: Promise<void>
  readonly body: JsonObject
  readonly state: StateSnapshot
  readonly after: (committed: Committed) => Promise<void>
}

/** Records between two searches for what can be pruned, each of which lists the log. */
const PRUNE_EVERY = 16

/**
 * Stages, records and publishes ranges, and recovers by publishing the head again (docs/internals/protocol.md#the-commit). Tasks and the merge use the same code.
 * While a range is recorded and published, the next one is read, and staged if all writers can stage ahead. It is recorded only after this one is
 * published (docs/internals/protocol.md#2.5).
 */
export class Committer {
  readonly #options: CommitterOptions
  readonly #now: () => number
  readonly #state: TaskState
  #n = -1
  /** Whether the last published record names files. A program without the sinks of those files cannot recover it. */
  namesFiles = false
  #isBusy = false
  /** Settles when every range that was cut is committed. */
  #underWay: Promise<void> = Promise.resolve()
  #room: Promise<unknown> = this.#underWay
  #failure: { readonly error: unknown } | null = null

  constructor(options: CommitterOptions) {
    this.#options = options
    const { clock = systemClock } = options
    this.#now = () => clock.now()
    this.#state = new TaskState(options.log, options.task, options.attempt, options.operators, options.gone)
  }

  /** The number of the last record that was cut; -1 before the first. */
  get n(): number {
    return this.#n
  }

  /** Bytes of operator state that the log holds. */
  get stateBytes(): number {
    return this.#state.bytes
  }

  /** Recovers a task at each assignment: publishes the highest record, restores its state and sweeps. Returns that record; the caller seeks to its `to`. */
  async recover(): Promise<LogRecord | null> {
    const { log, task, changes = 0 } = this.#options
    const head = await log.head(task)
    await checkChanges(log, task, changes)
    if (!head) return null
    await this.#publish(head)
    await this.#state.restore(head.n, readOperatorState(head))
    this.#n = head.n
    this.namesFiles = Object.keys(head.files).length > 0
    await this.#sweep(head, this.#state.kept)
    return head
  }

  /**
   * Cuts the range, synchronously, and commits it in the background. Call only when `room` has settled.
   *
   * @param after called when all of it is visible
   */
  commit(range: Range, body: JsonObject, after: (committed: Committed) => Promise<void>): void {
    const { writers, attempt, freed } = this.#options
    this.#n += 1
    const n = this.#n
    const start = this.#now()
    const state = this.#state.snapshot(n)
    const { files, release } = writers.stage(n, attempt, range)
    // Once a range is staged none of it is in memory, so its bytes are released even if recording fails.
    const staged = Promise.all([files.finally(release), this.#state.save(state)]).then(([names]) => ({
      files: names,
      time: { start, end: this.#now() },
    }))
    const before = this.#underWay
    this.#underWay = this.#commit({ n, staged, before, body, state, after })
    this.#room = writers.stagesAhead ? Promise.all([staged, before]) : this.#underWay
    this.#isBusy = true
    const done = () => {
      this.#isBusy = false
      freed?.()
    }
    this.#room.then(done, done)
    // `settled` rejects with the error, so it is not an unhandled rejection.
    this.#underWay.catch((error) => {
      this.#failure ??= { error }
      freed?.()
    })
  }

  /** Whether the next range has to wait. */
  get isBusy(): boolean {
    return this.#isBusy
  }

  /** Throws what went wrong in the background, without waiting. */
  check(): void {
    if (this.#failure) throw this.#failure.error
  }

  /** Settles when the next range may be cut: at most one is being recorded or published then, and none staged. Rejects if a commit failed. */
  async room(): Promise<void> {
    await this.#room
  }

  /** Settles when every range that was cut is committed and visible. Rejects if a commit failed; nothing is in progress any more then. */
  settled(): Promise<void> {
    return this.#underWay
  }

  async #commit({ n, staged, before, body, state, after }: PendingCommit): Promise<void> {
    const { log, task, attempt, changes = 0 } = this.#options
    const [earlier, own] = await Promise.allSettled([before, staged])
    if (earlier.status === 'rejected') throw earlier.reason
    if (own.status === 'rejected') throw own.reason
    const start = this.#now()
    const record: LogRecord = { n, attempt, files: own.value.files, body: { ...body, ...notedChanges(changes), state: state.saved } }
    if ((await log.append(task, record)) === 'exists') throw lost(task, n)
    // A number that was pruned can be created again. A higher number shows that this process is a zombie (docs/internals/protocol.md#3.5).
    if ((await log.latest(task)) > n) throw lost(task, n)
    const recorded = this.#now()
    await this.#publish(record)
    const steps = { stage: own.value.time, record: { start, end: recorded }, publish: { start: recorded, end: this.#now() } }
    this.namesFiles = Object.keys(record.files).length > 0
    await after({ record, steps })
    await this.#sweep(record, state.kept)
    if (n % PRUNE_EVERY === 0) await this.#prune(n, state.saved.base)
  }

  /**
   * Publishes a record. A file that is neither staged nor published is an error while its record is the head (docs/internals/protocol.md#3.7). Behind a
   * later record a compaction may have replaced it (docs/internals/protocol.md#6.5).
   */
  async #publish({ n, files }: LogRecord): Promise<void> {
    const { log, task, writers } = this.#options
    try {
      await writers.publish(files)
    } catch (error) {
      throw isTicketsError(error, 'STAGED_LOST') && (await log.latest(task)) > n ? lost(task, n + 1) : error
    }
  }

  async #sweep(head: LogRecord, kept: readonly string[]): Promise<void> {
    const { log, task, writers } = this.#options
    await writers.sweep(head)
    await log.sweepState(task, head, kept)
  }

  /** Prunes records below the head, the merge's committed position and the base of the head's state (docs/internals/protocol.md#3.9). */
  async #prune(n: number, base: number): Promise<void> {
    const { log, task, neededFrom } = this.#options
    await log.prune(task, Math.min(n, base, await neededFrom()))
  }
}

function lost(task: string, n: number): TicketsError {
  return new TicketsError(
    'TASK_LOST',
    `another process has committed record ${n} of ${task}: it runs this task now; ours is given up, and nothing of it was published`,
    { retryable: true },
  )
}
