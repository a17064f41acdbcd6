import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunSummary, Schema } from '@tickets/core'
import { type DeltaOptions, deltaSink } from '@tickets/sinks'
import { afterAll, beforeAll } from 'vitest'
import { deltaPythonOrSkip, type LineProcess, lineProcess, type ReadAnswer } from './python.ts'
import { TableWriter } from './table-writer.ts'

export const python = await deltaPythonOrSkip()
export const READERS = ['delta-rs', 'dataset', 'duckdb', 'polars'] as const
export type DeltaReader = (typeof READERS)[number]

export { type Said, sorted } from './table-writer.ts'

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
export class DeltaWriter<T> extends TableWriter<T> {
  readonly #schema: Schema<T>
  readonly #table: TableOptions<T>

  constructor(schema: Schema<T>, tasks: readonly (readonly T[])[], table: TableOptions<T> = {}) {
    super(table.path ?? newPath(), tasks)
    this.#schema = schema
    this.#table = table
  }

  run(options: DeltaOptions<T> = this.#table.options ?? {}, signal?: AbortSignal): Promise<RunSummary> {
    const sink = deltaSink<T>(this.path, options)
    return this.runInto('delta', this.#schema, sink, { ...this.#table, signal })
  }
}

let tables = 0
/** Returns the path of a table that does not exist yet. */
export const newPath = (): string => join(base, `table-${tables++}`)
