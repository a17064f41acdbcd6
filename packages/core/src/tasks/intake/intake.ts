import type { Json } from '../../base/json.ts'
import type { Logger } from '../../base/log/logger.ts'
import { takeLoan } from '../../batch/lent-memory.ts'
import type { Writers } from '../../commit/writers.ts'
import type { Chunk } from '../../connectors/source.ts'
import type { Graph } from '../../dataflow/graph.ts'
import type { TaskRecord } from '../../records/task-record.ts'
import { TaskClocks } from './task-clocks.ts'

/** What it needs of the run. */
interface IntakeContext {
  /** Milliseconds. */
  readonly time: { readonly maxOutOfOrderness: number }
  inputsOf(task: string): ReadonlyMap<string, string>
}

/** Pushes what a task reads through its flows: each row with the watermark of its partition before it, and joins as watermarks advance. */
export class Intake<T> {
  readonly #graph: Graph<T>
  readonly #writers: Pick<Writers, 'lend'>
  readonly #clocksOf: (saved?: TaskRecord['clocks']) => TaskClocks
  readonly #partition: string
  #clocks: TaskClocks

  constructor(context: IntakeContext, partition: string, graph: Graph<T>, writers: Pick<Writers, 'lend'>) {
    this.#graph = graph
    this.#writers = writers
    this.#partition = partition
    this.#clocksOf = (saved) => new TaskClocks(partition, context.time.maxOutOfOrderness, context.inputsOf(partition), saved)
    this.#clocks = this.#clocksOf()
  }

  /** How far the rows that come out are complete, in epoch milliseconds. Joins may hold it back. */
  get watermark(): number {
    return Math.min(this.#clocks.own.watermark, this.#graph.inputs.joined)
  }

  /** The watermark of the task's own partition. */
  get own(): number {
    return this.#clocks.own.watermark
  }

  /** The newest event time that moved the watermark of the task's own partition; null before one did. */
  get newest(): number | null {
    return this.#clocks.own.newest
  }

  /** What the next record holds of the watermarks. */
  get noted(): Pick<TaskRecord, 'watermark' | 'clocks'> {
    return { watermark: Number.isFinite(this.watermark) ? this.watermark : null, ...this.#clocks.noted() }
  }

  /** Continues from a record. */
  restore({ watermark, clocks }: Pick<TaskRecord, 'watermark' | 'clocks'>): void {
    this.#clocks = this.#clocksOf(clocks ?? (watermark === null ? {} : { [this.#partition]: watermark }))
    this.advance()
  }

  /** Pushes the rows of a chunk. */
  push({ batch, part, watermark = Number.NEGATIVE_INFINITY, watermarks }: Chunk<T, Json>, logger: Logger): void {
    if (part) {
      const rows = this.#clocks.stampInput(part, watermarks, watermark)
      if (rows.length > 0) this.#graph.pushInput(part.input, rows)
    } else {
      // Memory is used again only where nobody may refer to it (docs/internals/protocol.md#2.6).
      const giveBack = this.#graph.keepsBatches ? null : takeLoan(batch)
      if (batch.length > 0) this.#writers.lend(giveBack, () => this.#graph.push(this.#clocks.own.stamp(batch, watermarks)))
      this.#clocks.own.advance(watermark)
    }
    this.#clocks.warnOfJumps(logger)
  }

  /** Lets joins emit what the watermarks have passed. Call it when nothing of the rows is pending. */
  advance(): void {
    this.#clocks.followOwn(false)
    this.#graph.advanceInputs(this.#clocks.own.watermark, this.#clocks.inputs)
  }

  /** The same where the task has nothing to read. */
  rest(): void {
    this.#clocks.followOwn(true)
    this.advance()
  }

  /** The same where nothing can come any more. */
  end(): void {
    const all = [...this.#clocks.inputs.keys()].map((input) => [input, Number.POSITIVE_INFINITY] as const)
    this.#graph.advanceInputs(Number.POSITIVE_INFINITY, new Map(all))
  }
}
