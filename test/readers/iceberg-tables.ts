import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunSummary, Schema } from '@tickets/core'
import { fileCatalog, type IcebergCatalog, type IcebergOptions, icebergSink, restCatalog } from '@tickets/sinks'
import { afterAll, beforeAll } from 'vitest'
import { restServerOrSkip } from '../catalog/rest-catalog.ts'
import { icebergPythonOrSkip, type LineProcess, lineProcess, type ReadAnswer } from './python.ts'
import { TableWriter } from './table-writer.ts'

export const python = await icebergPythonOrSkip()
const server = python ? await restServerOrSkip() : null
export const canRun = server !== null
export const uri = server?.uri ?? ''
export const READERS = ['pyiceberg', 'duckdb'] as const
export type IcebergReader = (typeof READERS)[number]

export { type Said, sorted } from './table-writer.ts'

let process: LineProcess
let base: string
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'tickets-iceberg-'))
  if (python) process = lineProcess(python, 'iceberg.py')
})
afterAll(async () => {
  process?.close()
  await server?.stop()
  await rm(base, { recursive: true, force: true })
})

/** Asks the Python script for a job. Throws what it says went wrong. */
export async function ask<A>(job: { readonly do: string; readonly [option: string]: unknown }, to = process): Promise<A> {
  const answer = (await to.ask(job)) as A & { readonly error?: string }
  if (answer.error) throw new Error(`${JSON.stringify(job).slice(0, 300)}: ${answer.error}`)
  return answer
}

/** Where a table is registered: with the server, or in its own folder. */
export const CATALOGS = ['rest', 'file'] as const
export type CatalogKind = (typeof CATALOGS)[number]

/** Settings of a table and of the pipeline that writes it. */
export interface TableOptions<T> {
  readonly catalog?: CatalogKind
  /** Rows of a range; all by default. */
  readonly range?: number
  readonly options?: Partial<IcebergOptions<T>>
  readonly until?: 'now' | 'never'
  /** What sends requests to the catalog. */
  readonly fetch?: typeof fetch
}

let tables = 0

/** A snapshot as pyiceberg lists it. */
export interface SaidSnapshot {
  readonly id: string
  readonly operation: string
  readonly summary: Readonly<Record<string, string>>
}

/** An Iceberg table, and the pipeline whose messages go there. Each run has a new sink, and the same log until `startOver`. */
export class IcebergWriter<T> extends TableWriter<T> {
  readonly name: string
  readonly #schema: Schema<T>
  readonly #table: TableOptions<T>

  constructor(schema: Schema<T>, tasks: readonly (readonly T[])[], table: TableOptions<T> = {}) {
    const number = tables++
    super(join(base, `table-${number}`), tasks)
    this.name = `lake.table_${number}`
    this.#schema = schema
    this.#table = table
  }

  /** Where readers find the table. */
  get place(): object {
    return this.#table.catalog === 'file' ? { path: this.path } : { uri, name: this.name }
  }

  run(options: Partial<IcebergOptions<T>> = this.#table.options ?? {}, signal?: AbortSignal, schema = this.#schema): Promise<RunSummary> {
    const { fetch } = this.#table
    const catalog: IcebergCatalog = this.#table.catalog === 'file' ? fileCatalog() : restCatalog({ uri, ...(fetch && { fetch }) })
    const sink = icebergSink<T>(this.path, { ...options, catalog, table: this.name })
    return this.runInto('iceberg', schema, sink, { ...this.#table, signal })
  }

  /** Reads the rows that a condition is true of, as readers see them now or as of a snapshot. */
  read(reader: IcebergReader, options: { readonly where?: string; readonly snapshot?: string } = {}): Promise<ReadAnswer> {
    return ask({ do: 'read', reader, ...this.place, ...options })
  }

  /** Returns the snapshots, from the oldest on, and the properties. */
  snapshots(): Promise<{ readonly snapshots: readonly SaidSnapshot[]; readonly properties: Readonly<Record<string, string>> }> {
    return ask({ do: 'snapshots', ...this.place })
  }
}
