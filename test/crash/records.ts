import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A record as its file has it; read without the library. */
export interface Commit {
  readonly n: number
  readonly attempt: string
  readonly files: { readonly [flow: string]: { readonly files: readonly { name: string; rows: number }[] } }
  readonly body: { readonly to: unknown; readonly state: { readonly base: number; readonly file?: string } }
}

const list = (path: string): string[] => {
  try {
    return readdirSync(path)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as { code?: string }).code ?? '')) return []
    throw error
  }
}

/** The names in a folder; none when there is no folder. */
export const namesIn = list

/** The numbers of a task's records, ascending. */
export function recordNumbers(home: string, task: string): number[] {
  return list(join(home, 'log', task))
    .flatMap((name) => (/^\d{20}\.json$/.test(name) ? [Number.parseInt(name, 10)] : []))
    .sort((a, b) => a - b)
}

export function tasksOf(home: string): string[] {
  return list(join(home, 'log')).filter((task) => recordNumbers(home, task).length > 0)
}

export function commitOf(home: string, task: string, n: number): Commit {
  const text = readFileSync(join(home, 'log', task, `${String(n).padStart(20, '0')}.json`), 'utf8')
  return (JSON.parse(text) as { record: Commit }).record
}
