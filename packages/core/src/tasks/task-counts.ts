import { addCounts, byName } from '../base/own-names.ts'
import type { TaskStatus } from '../connectors/progress.ts'
import type { Counts } from '../records/task-record.ts'

/** Counts the rows of a task since its first record, over all assignments; and in its status, those of this one. */
export class TaskCounts {
  /** Rows, and messages without a row: invalid ones, and those that the schema's `map` skips. */
  rows = 0
  rejected = 0
  unmapped = 0
  /** Rows and messages of other sources, by source. */
  #inputs = byName<number>()
  readonly #status: TaskStatus
  #late = byName<number>()
  /** Rows written before this assignment, by flow. */
  #written = byName<number>()

  constructor(status: TaskStatus) {
    this.#status = status
  }

  /** Continues from the counts of a record. */
  restore({ rows, rejected, unmapped = 0, inputs = {}, late, written }: Counts): void {
    this.#inputs = byName(inputs)
    this.rows = rows
    this.rejected = rejected
    this.unmapped = unmapped
    this.#late = byName(late)
    this.#written = byName(written)
  }

  /**
   * Counts what was read: rows and messages without a row, and how many of them the schema's `map` made no row of.
   *
   * @param input the other source that they are of, whose rows are counted apart
   */
  addRead(read: number, unmapped: number, input?: string): void {
    if (input === undefined) this.rows += read
    else this.#inputs[input] = (this.#inputs[input] ?? 0) + read
    this.unmapped += unmapped
    this.#status.rows += read
    this.#status.uncommitted += read
    this.#status.unmapped += unmapped
  }

  /** Counts invalid messages, which `addRead` counts too. */
  addRejected(messages: number): void {
    this.rejected += messages
    this.#status.rejected += messages
  }

  /** Counts a range that was committed. */
  addRange(rows: number): void {
    this.#status.ranges++
    this.#status.uncommitted -= rows
  }

  /** Counts late rows of an operator, `<flow>/<id>`. */
  addLate(operator: string, rows: number): void {
    this.#late[operator] = (this.#late[operator] ?? 0) + rows
    this.#status.late += rows
  }

  /**
   * Returns the counts for the next record.
   *
   * @param refused rows that could not be written, since the first record
   * @param written rows of this assignment, by flow
   */
  snapshot({ refused, written }: { readonly refused: number; readonly written: Readonly<Record<string, number>> }): Counts {
    const { rows, rejected, unmapped } = this
    const inputs = Object.keys(this.#inputs).length > 0 ? { inputs: { ...this.#inputs } } : {}
    return { rows, rejected, unmapped, ...inputs, refused, written: addCounts(byName(this.#written), written), late: { ...this.#late } }
  }
}
