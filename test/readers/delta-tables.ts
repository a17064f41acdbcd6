import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { into, type Message, pipeline, type RunSummary, type Schema } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { memorySource, messagesOf } from '@tickets/core/testing'
import { type DeltaOptions, deltaSink } from '@tickets/sinks'
import { afterAll, beforeAll } from 'vitest'
import { deltaPythonOrSkip, type LineProcess, lineProcess, type ReadAnswer } from './python.ts'

export const python = await deltaPythonOrSkip()
export const READERS = ['delta-rs', 'dataset', 'duckdb', 'polars'] as const
export type DeltaReader = (typeof READERS)[number]

/** A row as the readers give it: text, true and false, numbers as text, instants and dates in ISO 8601. */
export type Said = Readonly<Record<string, unknown>>

let process: LineProcess
let base: string
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'tickets-delta-'))
  if (python) process = lineProcess(python, 'delta.py')
})
afterAll(async () => {
  process?.close()
  await rm(base, { recursive: true, force: true })
})

/** Asks the Python script for a job. Throws what it says went wrong. */
export async function ask<A>(job: { readonly do: string; readonly path: string; readonly [option: string]: unknown }, to = process): Promise<A> {
  const answer = (await to.ask(job)) as A & { readonly error?: string }
  if (answer.error) throw new Error(`${JSON.stringify(job).slice(0, 300)}: ${answer.error}`)
  return answer
}

/** Reads the rows of a table that an SQL condition is true of, at its latest version or at another. */
export const read = (reader: DeltaReader, path: string, options: { readonly where?: string; readonly version?: number } = {}): Promise<ReadAnswer> =>
  ask({ do: 'read', reader, path, ...options })

/** Does something to a table by delta-rs. */
export const change = (path: string, how: 'checkpoint' | 'clean up' | 'compact' | 'vacuum' | 'constraint') =>
  ask<{ readonly made: unknown }>({ do: 'change', path, how })

/** Settings of a table and of the pipeline that writes it. */
export interface TableOptions<T> {
  /** Rows of a range; all by default. */
  readonly range?: number
  readonly options?: DeltaOptions<T>
  /** Another folder than a new one. */
  readonly path?: string
  readonly until?: 'now' | 'never'
}

/** A Delta table, and the pipeline whose messages go there. Each run has a new sink, and the same log until `startOver`. */
export class DeltaWriter<T> {
  readonly path: string
  readonly #schema: Schema<T>
  readonly #table: TableOptions<T>
  readonly #messages: Message[][]
  #logs = 0

  constructor(schema: Schema<T>, tasks: readonly (readonly T[])[], table: TableOptions<T> = {}) {
    this.path = table.path ?? newPath()
    this.#schema = schema
    this.#table = table
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

  run(options: DeltaOptions<T> = this.#table.options ?? {}, signal?: AbortSignal): Promise<RunSummary> {
    const { range = 1_000_000, until = 'now' } = this.#table
    const sink = deltaSink<T>(this.path, options)
    return pipeline({
      name: 'delta',
      source: memorySource({ schema: this.#schema, partitions: this.#messages, topic: 'rows', until, chunk: range }),
      log: commitLog(`${this.path}-log-${this.#logs}`),
      range: { rows: range, time: 600_000 },
      maxFuture: '400 days',
      flows: (rows) => ({ rows: rows.pipe(into(sink)) }),
    }).run({ handleSignals: false, ...(signal && { signal }) })
  }
}

let tables = 0
/** Returns the path of a table that does not exist yet. */
export const newPath = (): string => join(base, `table-${tables++}`)

/** Returns the rows in the order of a column. */
export const sorted = (rows: readonly Said[], column: string): Said[] =>
  [...rows].sort((a, b) => String(a[column]).localeCompare(String(b[column]), 'en', { numeric: true }))
