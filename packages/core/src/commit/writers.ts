import { isRetryable, isTicketsError, messageOf, TicketsError } from '../base/errors.ts'
import type { Logger } from '../base/log/logger.ts'
import type { Batch, Schema } from '../batch/batch.ts'
import type { LogRecord } from '../connectors/commit-log.ts'
import { DEAD_LETTERS } from '../connectors/dead-letter.ts'
import { type Refused, refusedError, refusedLetters } from '../connectors/refused-rows.ts'
import type { Range, Sink, Staged, Writer } from '../connectors/sink.ts'
import { Loan } from './loan.ts'
import type { MemoryBudget } from './memory-budget.ts'

interface OpenWriter {
  readonly flow: string
  readonly writer: Writer<unknown>
  /** Stages no empty file, since another task's empty file has the columns already. */
  readonly sparse: boolean
  written: number
}

/** One output of a task: a flow of the user's, or the built-in `@late` and `@dead_letters`. */
export interface WriterSpec {
  readonly flow: string
  readonly sink: Sink<unknown>
  readonly schema: Schema<unknown>
  /** Whether other tasks write there too, so that this one stages no empty file at the start. */
  readonly sparse?: boolean
}

/** Holds all writers of one task, which write, stage, publish and sweep together. */
export class Writers {
  readonly #open: readonly OpenWriter[]
  readonly #budget: MemoryBudget
  readonly #task: string
  /** Rows of this task that were refused, since its first record. */
  refused = 0
  #pending: Promise<void>[] = []
  /** Counts who holds the rows that are pushed now. */
  #loan: Loan | null = null
  #held = 0

  private constructor(open: readonly OpenWriter[], task: string, budget: MemoryBudget) {
    this.#task = task
    this.#open = open
    this.#budget = budget
  }

  static async open(specs: readonly WriterSpec[], at: { logId: string; task: string }, budget: MemoryBudget, logger?: Logger): Promise<Writers> {
    const open: OpenWriter[] = []
    try {
      for (const { flow, sink, schema, sparse = false } of specs) {
        open.push({ flow, writer: await namingFlow(flow, () => sink.open({ ...at, flow }, schema, logger && { logger })), sparse, written: 0 })
      }
    } catch (error) {
      await new Writers(open, at.task, budget).close()
      throw error
    }
    return new Writers(open, at.task, budget)
  }

  /** Whether there is a writer for this flow. */
  has(flow: string): boolean {
    return this.#open.some((o) => o.flow === flow)
  }

  /** Hands a batch to its writer without waiting. `settled` waits for it. */
  write(flow: string, batch: Batch<unknown>): void {
    const found = this.#open.find((o) => o.flow === flow)
    if (!found || batch.length === 0) return
    const { bytes } = batch
    this.#held += bytes
    this.#budget.take(bytes)
    found.written += batch.length
    const taken = this.#hand(found, batch, this.#loan?.hold() ?? (() => {}))
    // `settled` rejects with the error, so it is not an unhandled rejection.
    taken.catch(() => {})
    this.#pending.push(taken)
  }

  /** Runs `push`, and calls `giveBack`, if there is something to give back, once every writer has released what was written meanwhile. */
  lend(giveBack: (() => void) | null, push: () => void): void {
    this.#loan = giveBack && new Loan(giveBack)
    const release = this.#loan?.hold()
    try {
      push()
    } finally {
      this.#loan = null
    }
    release?.()
  }

  async #hand(to: OpenWriter, batch: Batch<unknown>, release: () => void): Promise<void> {
    const refused = await namingFlow(to.flow, () => to.writer.write(batch, release))
    if (!refused || refused.length === 0) return
    to.written -= refused.length
    this.refuse(to.flow, refused)
  }

  /** Makes rows that cannot be written dead letters of the current range. Throws `RESULT_REFUSED` if the pipeline has no `deadLetters`. */
  readonly refuse = (flow: string, refused: readonly Refused[]): void => {
    const [first] = refused
    if (!first) return
    if (flow === DEAD_LETTERS || !this.has(DEAD_LETTERS)) throw refusedError(flow, first)
    this.write(DEAD_LETTERS, refusedLetters(flow, this.#task, this.refused, refused))
    this.refused += refused.length
  }

  /** Whether all writers may stage a range while the one before it is recorded and published. */
  get stagesAhead(): boolean {
    return this.#open.every(({ writer }) => writer.stagesAhead === true)
  }

  /** Bytes of the current range. */
  get held(): number {
    return this.#held
  }

  /** Rows written by flow since the start of this assignment. */
  get written(): Record<string, number> {
    return Object.fromEntries(this.#open.map((o) => [o.flow, o.written]))
  }

  /** Settles when every writer has taken its batches: this is the backpressure. */
  async settled(): Promise<void> {
    while (this.#pending.length > 0) {
      const pending = this.#pending
      this.#pending = []
      await Promise.all(pending)
    }
  }

  /** Cuts all writers at once, synchronously; `release` gives the bytes back when they are no longer held. */
  stage(n: number, attempt: string, range: Range): { files: Promise<LogRecord['files']>; release: () => void } {
    const taken = this.#pending
    this.#pending = []
    const staged = this.#open.map(({ flow, writer, sparse }) =>
      namingFlow(flow, () => writer.stage(n, attempt, sparse ? { ...range, empty: false } : range)),
    )
    const bytes = this.#held
    this.#held = 0
    const files = Promise.all([Promise.all(staged), ...taken]).then(([all]) => {
      const named = this.#open.map(({ flow }, i) => [flow, all[i] ?? null] as const)
      return Object.fromEntries(named.filter((entry): entry is [string, Staged] => entry[1] !== null))
    })
    let isHeld = true
    const release = () => {
      if (isHeld) this.#budget.give(bytes)
      isHeld = false
    }
    return { files, release }
  }

  /** Makes a record's files visible. Throws `PIPELINE_CHANGED` for files of a flow that this pipeline lacks. */
  async publish(files: LogRecord['files']): Promise<void> {
    for (const [flow, staged] of Object.entries(files)) {
      const found = this.#open.find((o) => o.flow === flow)
      if (!found)
        throw new TicketsError(
          'PIPELINE_CHANGED',
          `the log has files of the output "${flow}", which this pipeline does not write: add it again, or start over with a new log`,
        )
      await namingFlow(flow, () => found.writer.publish(staged))
    }
  }

  async sweep(head: { readonly n: number; readonly attempt: string }): Promise<void> {
    const swept = await Promise.allSettled(this.#open.map(({ flow, writer }) => namingFlow(flow, () => writer.sweep(head))))
    // All are waited for, so that nothing is under way any more when the first error is thrown.
    for (const one of swept) if (one.status === 'rejected') throw one.reason
  }

  async close(): Promise<void> {
    this.#budget.give(this.#held)
    this.#held = 0
    await Promise.allSettled(this.#pending)
    await Promise.allSettled(this.#open.map((o) => o.writer.close()))
  }
}

/** Runs a writer's work, and names the flow in what it throws. */
async function namingFlow<R>(flow: string, work: () => Promise<R>): Promise<R> {
  try {
    return await work()
  } catch (error) {
    if (isTicketsError(error)) throw error
    throw new TicketsError('SINK_FAILED', `the sink of flow "${flow}" failed: ${messageOf(error)}`, {
      cause: error,
      retryable: isRetryable(error),
    })
  }
}
