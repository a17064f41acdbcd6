import type { Json } from '../base/json.ts'
import type { MemoryBudget } from '../commit/memory-budget.ts'
import type { TaskContext, TaskStatus } from './context.ts'

/** Why a range is cut: it is due, the partition is idle or at its end; without rows, since its program may change; before the first row, or a row that needs a later reference time. */
export type CommitKind = 'range' | 'rest' | 'idle' | 'end' | 'first' | 'reference'

/** A wait is this long at the most, so that ranges end in time and a drain is noticed; in milliseconds. */
const PATIENCE = 250

/** The range that a task is reading: where it began, what is in it, and when it has to end. */
export class CurrentRange {
  from: Json
  /** The position just after what was read. */
  to: Json
  /** Rows and rejected messages in it. */
  rows = 0
  readonly #limits: TaskContext<unknown>['range']
  readonly #idleTimeout: number
  readonly #clock: TaskContext<unknown>['clock']
  readonly #budget: MemoryBudget
  #since: number

  constructor({ range, time, clock, budget }: Pick<TaskContext<unknown>, 'range' | 'time' | 'clock' | 'budget'>, from: Json) {
    this.from = from
    this.to = from
    this.#limits = range
    this.#idleTimeout = time.idleTimeout
    this.#clock = clock
    this.#budget = budget
    this.#since = clock.now()
  }

  get isEmpty(): boolean {
    return this.rows === 0 && this.to === this.from
  }

  /** Rows that may still be read into it. */
  get room(): number {
    return Math.max(1, this.#limits.rows - this.rows)
  }

  /** Whether so many more are too many for it; a reader that reads ahead was told of its room too early. */
  isTooSmallFor(rows: number): boolean {
    return this.rows > 0 && this.rows + rows > this.#limits.rows
  }

  /** The next one begins where this one ends. */
  next(): void {
    this.from = this.to
    this.rows = 0
    this.#since = this.#clock.now()
  }

  /**
   * Whether it ends now: by rows, by the bytes that sinks hold, by time, or because memory is short.
   *
   * @param committing the ranges before it are still being staged or committed: ending this one now would not free memory sooner
   */
  isDue(held: number, committing: boolean): boolean {
    if (this.isEmpty) return false
    if (this.rows >= this.#limits.rows || held >= this.#limits.bytes) return true
    if (this.#budget.pressed && !committing && this.rows > 0) return true
    return this.#clock.now() - this.#since >= this.#limits.time
  }

  /** Protocol 4.4: only when caught up with the end, and by the clock on the wall. */
  isIdle({ idle, ended, lag, lastRow }: TaskStatus): boolean {
    return !idle && !ended && lag === 0 && this.#clock.now() - lastRow >= this.#idleTimeout
  }

  /** How long a read may wait until something is due, in milliseconds. */
  patience({ idle, lastRow }: TaskStatus): number {
    const now = this.#clock.now()
    const due = this.rows > 0 ? this.#since + this.#limits.time - now : PATIENCE
    const quiet = idle ? PATIENCE : lastRow + this.#idleTimeout - now
    return Math.max(1, Math.min(PATIENCE, due, quiet))
  }
}
