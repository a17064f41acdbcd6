import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Packages of Python, pinned, in an environment of their own, and a line of Python that fails where one is missing. */
export interface Environment {
  readonly name: string
  readonly packages: readonly string[]
  readonly check: string
}

/** The readers of an analyst. */
const READERS: Environment = {
  name: 'readers',
  packages: ['pyarrow==26.0.1', 'polars==2.1.0', 'pandas==3.1.1', 'fastparquet==2026.9.0'],
  check: 'import pyarrow.dataset, polars, pandas, fastparquet',
}

/** Those who read and write Delta tables. */
const DELTA: Environment = {
  name: 'delta',
  packages: ['deltalake==1.6.6', 'duckdb==1.4.4', 'duckdb-ext-delta==1.4.4.20260205', 'polars==2.1.0', 'pyarrow==26.0.1'],
  check: 'import deltalake, duckdb, duckdb_ext, polars, pyarrow.dataset',
}

/** Those who read and write Iceberg tables. */
const ICEBERG: Environment = {
  name: 'iceberg',
  packages: [
    'pyiceberg[pyarrow,pyiceberg-core]==0.12.0',
    'pyarrow==26.0.1',
    'duckdb==1.4.4',
    'duckdb-ext-iceberg==1.4.4.20260205',
    'duckdb-ext-avro==1.4.4.20260205',
    'duckdb-ext-httpfs==1.4.4.20260205',
  ],
  check: 'import pyiceberg.catalog, pyiceberg_core, duckdb, duckdb_ext, pyarrow',
}

/** The schemas of Kubernetes, and who validates manifests by them. */
const VALIDATOR: Environment = { name: 'kubernetes', packages: ['kubernetes-validate==1.37.0'], check: 'import kubernetes_validate' }

const made = new Map<Environment, Promise<string>>()

async function make({ name, packages, check }: Environment): Promise<string> {
  // The versions are part of the folder's name, so that others are installed anew.
  const home = here(`../../.cache/python-${name}-${packages.map((one) => one.replace(/\[.*\]/, '').replace('==', '-')).join('-')}`)
  const python = `${home}/bin/python`
  if (existsSync(`${home}/ready`)) return python
  await mkdir(here('../../.cache'), { recursive: true })
  await rm(home, { recursive: true, force: true })
  try {
    await run('python3', ['-m', 'venv', home])
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages])
    await run(python, ['-c', check])
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw new Error(
      `Tests need Python's ${packages.join(', ')}, which could not be had (${why}). Install python3 with venv and pip (Debian: apt-get install python3-venv).`,
    )
  }
  await mkdir(`${home}/ready.tmp`)
  await rename(`${home}/ready.tmp`, `${home}/ready`)
  return python
}

/** The path of a Python with packages of its own, made once under .cache; rejects with what to install. */
export function pythonOf(environment: Environment): Promise<string> {
  const python = made.get(environment) ?? make(environment)
  made.set(environment, python)
  return python
}

async function orSkip(python: () => Promise<string>): Promise<string | null> {
  try {
    return await python()
  } catch (error) {
    if (process.env.CI) throw error
    console.warn(`skipped: ${error instanceof Error ? error.message : String(error)}`)
    return null
  }
}

/** The path of a Python with pyarrow, polars, pandas and fastparquet, made once under .cache; rejects with what to install. */
export const readersPython = (): Promise<string> => pythonOf(READERS)

/** The same where they can be had; null with a message where not. CI never skips. */
export const readersPythonOrSkip = (): Promise<string | null> => orSkip(readersPython)

/** The path of a Python with delta-rs, DuckDB, its extension for Delta tables, and polars; rejects with what to install. */
export const deltaPython = (): Promise<string> => pythonOf(DELTA)

/** The same where they can be had; null with a message where not. CI never skips. */
export const deltaPythonOrSkip = (): Promise<string | null> => orSkip(deltaPython)

/** The path of a Python with pyiceberg, and DuckDB with its extension for Iceberg tables; rejects with what to install. */
export const icebergPython = (): Promise<string> => pythonOf(ICEBERG)

/** The same where they can be had; null with a message where not. CI never skips. */
export const icebergPythonOrSkip = (): Promise<string | null> => orSkip(icebergPython)

/** The path of a Python that validates manifests of Kubernetes; null with a message where it cannot be had. */
export const validatorPythonOrSkip = (): Promise<string | null> => orSkip(() => pythonOf(VALIDATOR))

/** What to read, and how. */
export interface ReadJob {
  readonly reader: 'pyarrow' | 'polars' | 'pandas' | 'fastparquet'
  readonly format: 'parquet' | 'arrow' | 'csv' | 'json'
  readonly path: string
  /** Columns of the files with their types (`string`, `double`, `int64`, `int32`, `bool`, `timestamp`), for CSV and JSON, which have none. */
  readonly columns: Readonly<Record<string, string>>
  /** Columns of the path, for the formats and readers that do not find them. */
  readonly partitions: readonly string[]
}

export interface ReadAnswer {
  /** Type names as the reader gives them. */
  readonly types: Readonly<Record<string, string>>
  /** Rows by column: text, true and false, numbers as text, instants and dates in ISO 8601; null where there is nothing. */
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  readonly error?: string
}

export interface PythonReaders {
  read(job: ReadJob): Promise<ReadAnswer>
  close(): void
}

/** A process that answers each line with a line. */
export interface LineProcess {
  ask(job: object): Promise<object>
  close(): void
}

/** Starts a Python script of this folder that answers JSON with JSON, a line each, one after another. */
export function lineProcess(python: string, script: string): LineProcess {
  const child = spawn(python, [here(`./${script}`)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const answers: { resolve: (line: string) => void; reject: (error: Error) => void }[] = []
  createInterface({ input: child.stdout }).on('line', (line) => answers.shift()?.resolve(line))
  let ended: Error | null = null
  child.once('exit', (code) => {
    ended = new Error(`${script} ended with ${code}`)
    for (const { reject } of answers.splice(0)) reject(ended)
  })
  // What is written to a process that has ended fails by its exit.
  child.stdin.on('error', () => {})
  return {
    async ask(job) {
      if (ended) throw ended
      const line = new Promise<string>((resolve, reject) => answers.push({ resolve, reject }))
      child.stdin.write(`${JSON.stringify(job)}\n`)
      return JSON.parse(await line) as object
    },
    close: () => child.stdin.end(),
  }
}

/** A Python process that reads datasets, one after another. */
export async function pythonReaders(python: string): Promise<PythonReaders> {
  const { ask, close } = lineProcess(python, 'read.py')
  return {
    async read(job) {
      const answer = (await ask(job)) as ReadAnswer
      if (answer.error) throw new Error(`${job.reader} cannot read ${job.format} in ${job.path}: ${answer.error}`)
      return answer
    },
    close,
  }
}
