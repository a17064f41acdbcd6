import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { sh } from '../packaging/project.ts'

export const ROWS = 20_000
const fixtures = join(import.meta.dirname, 'fixtures')

/** Where consumers are made, and the local registry that has the packages. */
export interface Place {
  readonly home: string
  readonly url: string
}

/** A project of a user of the packages. */
export interface Consumer {
  readonly folder: string
  /** Runs a program of `node_modules`. */
  bin(path: string, args: readonly string[], env?: Record<string, string>): Promise<string>
}

export const ours = ['core', 'sinks', 'kafka-source', 's3', 'monitor', 'cli'].map((name) => `@tickets/${name}`)

/** Makes a folder with a manifest and copies of fixtures; packages of ours come from the local registry, others from npm's. */
export async function emptyConsumer({ home, url }: Place, name: string, files: readonly string[], manifest: object = {}): Promise<string> {
  const folder = join(home, name)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name, private: true, type: 'module', ...manifest }, null, 2))
  await writeFile(join(folder, '.npmrc'), `@tickets:registry=${url}\n`)
  for (const file of files) await copyFile(resolve(fixtures, file), join(folder, basename(file)))
  return folder
}

/** Makes a project and installs by npm. */
export async function npmConsumer(place: Place, name: string, files: readonly string[], dependencies: readonly string[], manifest: object = {}) {
  const folder = await emptyConsumer(place, name, files, manifest)
  await sh('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline', ...dependencies], folder)
  const consumer: Consumer = {
    folder,
    bin: (path, args, env) => sh(process.execPath, [join(folder, 'node_modules', path), ...args], folder, env),
  }
  return consumer
}

/** Counts the rows of Parquet files by an engine that is not ours. */
async function countRows(files: string): Promise<number> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const reader = await connection.runAndReadAll(`select count(*)::int as rows from read_parquet('${files}')`)
  return Number(reader.getRows()[0]?.[0])
}

/** What `app.mjs` says of its run. */
interface Said {
  readonly how: string
  readonly threads: number
  readonly warnings: readonly string[]
}

/** How Parquet was encoded: on a thread, or on the main thread with one warning that says so. */
export type Encoded = 'on a thread' | 'on the main thread, one warning'

/**
 * Runs the application and checks its files; rejects if rows are missing, or if it fell back without saying so once.
 *
 * @example
 * await runApp(folder, (cwd) => sh('node', ['app.mjs'], cwd)) // 'on a thread'
 */
export async function runApp(folder: string, start: (env: Record<string, string>) => Promise<string>): Promise<Encoded> {
  const data = join(folder, `data-${Math.random().toString(36).slice(2)}`)
  const said = JSON.parse((await start({ APP_DATA: data, APP_ROWS: String(ROWS) })).trim().split('\n').at(-1) ?? '') as Said
  const rows = await countRows(join(data, 'tickets/**/*.parquet'))
  if (said.how !== 'done' || rows !== ROWS) throw new Error(`${rows} of ${ROWS} rows, ${JSON.stringify(said)}`)
  const encode = said.warnings.filter((warning) => warning.startsWith('TICKETS_ENCODE_IN_PROCESS'))
  const others = said.warnings.filter((warning) => /^TICKETS_/.test(warning) && !encode.includes(warning))
  if (others.length > 0 || encode.length > 1) throw new Error(`it warned: ${said.warnings.join('; ')}`)
  if (encode.length === 1) return 'on the main thread, one warning'
  if (said.threads < 1) throw new Error('no thread was started, and nothing was said')
  return 'on a thread'
}
