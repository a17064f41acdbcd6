import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The readers of an analyst, pinned. */
const READERS = ['pyarrow==26.0.1', 'polars==2.1.0', 'pandas==3.1.1', 'fastparquet==2026.9.0']

/** Part of the folder's name, so that other versions are installed anew. */
const HOME = here(`../../.cache/python-readers-${READERS.map((reader) => reader.replace('==', '-')).join('-')}`)

let made: Promise<string> | undefined

async function make(): Promise<string> {
  const python = `${HOME}/bin/python`
  if (existsSync(`${HOME}/ready`)) return python
  await mkdir(here('../../.cache'), { recursive: true })
  await rm(HOME, { recursive: true, force: true })
  try {
    await run('python3', ['-m', 'venv', HOME])
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...READERS])
    await run(python, ['-c', 'import pyarrow.dataset, polars, pandas, fastparquet'])
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw new Error(
      `Datasets are read back with Python's ${READERS.join(', ')}, which could not be had (${why}). Install python3 with venv and pip (Debian: apt-get install python3-venv).`,
    )
  }
  await mkdir(`${HOME}/ready.tmp`)
  await rename(`${HOME}/ready.tmp`, `${HOME}/ready`)
  return python
}

/** The path of a Python with pyarrow, polars, pandas and fastparquet, made once under .cache; rejects with what to install. */
export function readersPython(): Promise<string> {
  made ??= make()
  return made
}

/** The same where they can be had; null with a message where not. CI never skips. */
export async function readersPythonOrSkip(): Promise<string | null> {
  try {
    return await readersPython()
  } catch (error) {
    if (process.env.CI) throw error
    console.warn(`skipped: ${error instanceof Error ? error.message : String(error)}`)
    return null
  }
}

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

/** A Python process that reads datasets, one after another. */
export async function pythonReaders(python: string): Promise<PythonReaders> {
  const child = spawn(python, [here('./read.py')], { stdio: ['pipe', 'pipe', 'inherit'] })
  const answers: { resolve: (line: string) => void; reject: (error: Error) => void }[] = []
  createInterface({ input: child.stdout }).on('line', (line) => answers.shift()?.resolve(line))
  child.once('exit', (code) => {
    for (const { reject } of answers.splice(0)) reject(new Error(`read.py ended with ${code}`))
  })
  return {
    async read(job) {
      const line = new Promise<string>((resolve, reject) => answers.push({ resolve, reject }))
      child.stdin.write(`${JSON.stringify(job)}\n`)
      const answer = JSON.parse(await line) as ReadAnswer
      if (answer.error) throw new Error(`${job.reader} cannot read ${job.format} in ${job.path}: ${answer.error}`)
      return answer
    },
    close: () => child.stdin.end(),
  }
}
