import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { pythonWith } from '../shared/python.ts'
import type { Dataset } from './datasets.ts'

export const READERS = { duckdb: '2.0.0', pyarrow: '26.0.1' }

/** What is asked: all values, tickets by team and day, the tickets of one client. */
export const queries = ['all', 'teams', 'client'] as const
export type Query = (typeof queries)[number]

export interface Asked {
  readonly seconds: number
  readonly rows: readonly unknown[]
}

export interface FormatReader {
  ask(dataset: Pick<Dataset, 'format' | 'path'>, query: Query): Promise<Asked>
  close(): void
}

/** A process with DuckDB and pyarrow that answers one question after another. */
export async function formatReader(): Promise<FormatReader> {
  const python = await pythonWith(
    'formats',
    Object.entries(READERS).map(([name, version]) => `${name}==${version}`),
  )
  const child = spawn(python, [fileURLToPath(new URL('./read.py', import.meta.url))], { stdio: ['pipe', 'pipe', 'pipe'] })
  const waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = []
  let said = ''
  child.stderr.on('data', (text) => {
    said = `${said}${text}`.slice(-2000)
  })
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.resolve(line))
  child.once('close', (code) => {
    for (const { reject } of waiting.splice(0)) reject(new Error(`read.py ended with ${code}: ${said.trim().split('\n').at(-1)}`))
  })
  return {
    async ask({ format, path }, query) {
      const line = new Promise<string>((resolve, reject) => waiting.push({ resolve, reject }))
      child.stdin.write(`${JSON.stringify({ format, path, query })}\n`)
      return JSON.parse(await line) as Asked
    },
    close: () => child.stdin.end(),
  }
}
