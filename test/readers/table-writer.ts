import { into, type Message, pipeline, type RunSummary, type Schema, type Sink } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { memorySource, messagesOf } from '@tickets/core/testing'

/** A row as the readers give it: text, true and false, numbers as text, instants and dates in ISO 8601. */
export type Said = Readonly<Record<string, unknown>>

/** Returns the rows in the order of a column. */
export const sorted = (rows: readonly Said[], column: string): Said[] =>
  [...rows].sort((a, b) => String(a[column]).localeCompare(String(b[column]), 'en', { numeric: true }))

/** How a run of a pipeline goes. */
export interface RunOptions {
  /** Rows of a range; all by default. */
  readonly range?: number
  readonly until?: 'now' | 'never'
  readonly signal?: AbortSignal | undefined
}

/** A table, and the pipeline whose messages go there. Each run has a new sink, and the same log until `startOver`. */
export class TableWriter<T> {
  readonly path: string
  readonly #messages: Message[][]
  #logs = 0

  constructor(path: string, tasks: readonly (readonly T[])[]) {
    this.path = path
    this.#messages = tasks.map((rows) => messagesOf(rows))
  }

  /** Adds messages to a partition. */
  add(rows: readonly T[], partition = 0): void {
    const messages = this.#messages[partition] as Message[]
    messages.push(...messagesOf(rows).map((message) => ({ ...message, offset: message.offset + messages.length })))
  }

  /** Begins a new log with other messages at the next run. */
  startOver(tasks: readonly (readonly T[])[]): void {
    this.#logs++
    this.#messages.splice(0, this.#messages.length, ...tasks.map((rows) => messagesOf(rows)))
  }

  protected runInto(name: string, schema: Schema<T>, sink: Sink<T>, { range = 1_000_000, until = 'now', signal }: RunOptions): Promise<RunSummary> {
    return pipeline({
      name,
      source: memorySource({ schema, partitions: this.#messages, topic: 'rows', until, chunk: range }),
      log: commitLog(`${this.path}-log-${this.#logs}`),
      range: { rows: range, time: 600_000 },
      maxFuture: '400 days',
      flows: (rows) => ({ rows: rows.pipe(into(sink)) }),
    }).run({ handleSignals: false, ...(signal && { signal }) })
  }
}
