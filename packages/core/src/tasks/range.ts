import type { Json } from '../base/json.ts'
import type { MemoryBudget } from '../commit/memory-budget.ts'
import type { TaskStatus } from '../connectors/progress.ts'
import type { TaskContext } from './context.ts'

/** Why a range is cut. */
export type CommitKind =
  /** The range is due, or the task stops. */
  | 'range'
  /** The task stops, and the next program may lack a sink: a record without rows, which names no files. */
  | 'rest'
  /** The partition is idle, or a bounded run has read it to its end. */
  | 'idle'
  /** A complete source has ended, so all windows close. */
  | 'end'
  /** Record 0, before the first row: it publishes the empty datasets. */
  | 'first'
  /** The next row needs a later reference time than the log holds. */
  | 'reference'

/** A wait is at most this long, so that ranges end in time and a drain is noticed; in milliseconds. */
const PATIENCE = 250

/** The range that a task is reading: where it began, how much it holds, and when it has to end. */
export class CurrentRange {
  from: Json
  /** The position after the last message read. */
  to: Json
  /** Rows and messages without a row in it. */
  rows = 0
  /** The broker's time of the last message in it, in epoch milliseconds; null where the source does not tell. */
  brokerTime: number | null = null
  /** When the range before it was cut. */
  begun: number
  readonly #limits: TaskContext<unknown>['range']
  readonly #idleTimeout: number
  readonly #clock: TaskContext<unknown>['clock']
  readonly #budget: MemoryBudget

  constructor({ range, time, clock, budget }: Pick<TaskContext<unknown>, 'range' | 'time' | 'clock' | 'budget'>, from: Json) {
    this.from = from
    this.to = from
    this.#limits = range
    this.#idleTimeout = time.idleTimeout
    this.#clock = clock
    this.#budget = budget
    this.begun = clock.now()
  }

  get isEmpty(): boolean {
    return this.rows === 0 && this.to === this.from
  }

  /** How many more rows the range has room for. */
  get room(): number {
    return Math.max(1, this.#limits.rows - this.rows)
  }

  /** Returns whether this many more rows exceed the limit. A reader that reads ahead may return more than the range has room for. */
  isTooSmallFor(rows: number): boolean {
    return this.rows > 0 && this.rows + rows > this.#limits.rows
  }

  /** Starts the next range where this one ends. */
  next(): void {
    this.from = this.to
    this.rows = 0
    this.brokerTime = null
    this.begun = this.#clock.now()
  }

  /**
   * Returns whether the range ends now: by rows, by the bytes that sinks hold, by time, or because memory is short.
   *
   * @param committing the ranges before it are still being staged or committed: ending this one now would not free memory sooner
   */
  isDue(held: number, committing: boolean): boolean {
    if (this.isEmpty) return false
    if (this.rows >= this.#limits.rows || held >= this.#limits.bytes) return true
    if (this.#budget.pressed && !committing && this.rows > 0) return true
    return this.#clock.now() - this.begun >= this.#limits.time
  }

  /** Returns whether the partition is idle: it has caught up with its end, and had no row for `idleTimeout` by the wall clock (docs/internals/protocol.md#4.4). */
  isIdle({ idle, ended, lag, lastRow }: TaskStatus): boolean {
    return !idle && !ended && lag === 0 && this.#clock.now() - lastRow >= this.#idleTimeout
  }

  /** Returns how long a read may wait, in milliseconds. */
  patience({ idle, lastRow }: TaskStatus): number {
    const now = this.#clock.now()
    const due = this.rows > 0 ? this.begun + this.#limits.time - now : PATIENCE
    const quiet = idle ? PATIENCE : lastRow + this.#idleTimeout - now
    return Math.max(1, Math.min(PATIENCE, due, quiet))
  }
}
