import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/** A record as its file has it; read without the library. */
export interface Commit {
  readonly n: number
  readonly attempt: string
  /** Sinks that write no files have something else of their own. */
  readonly files: { readonly [flow: string]: { readonly files?: readonly { name: string; rows: number }[] } }
  readonly body: { readonly to: unknown; readonly state: { readonly base: number; readonly file?: string; readonly bytes?: string } }
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

/** The folder of the log's records: below the log, named by its id. */
export function recordsOf(home: string): string {
  const log = join(home, 'log')
  if (!list(log).includes('pipeline.json')) return log
  return join(log, (JSON.parse(readFileSync(join(log, 'pipeline.json'), 'utf8')) as { record: { logId: string } }).record.logId)
}

/**
 * The numbers of a task's records, ascending, from the last gap on: a zombie may have made one again that was pruned, and stopped there
 * (docs/internals/protocol.md#3.5).
 */
export function recordNumbers(home: string, task: string): number[] {
  const names = list(join(recordsOf(home), task)).filter((name) => /^\d{20}\.json$/.test(name))
  return sinceGap(names.map((name) => Number.parseInt(name, 10)).sort((a, b) => a - b))
}

/** The numbers from the last gap on. */
export function sinceGap(numbers: readonly number[]): number[] {
  const gap = numbers.findLastIndex((n, i) => i > 0 && numbers[i - 1] !== n - 1)
  return numbers.slice(Math.max(0, gap))
}

export function tasksOf(home: string): string[] {
  return list(recordsOf(home)).filter((task) => recordNumbers(home, task).length > 0)
}

export function commitOf(home: string, task: string, n: number): Commit {
  const text = readFileSync(join(recordsOf(home), task, `${String(n).padStart(20, '0')}.json`), 'utf8')
  return (JSON.parse(text) as { record: Commit }).record
}

/** The base names of the files that a record names. */
export function filesOf(commit: Commit): string[] {
  return Object.values(commit.files).flatMap(({ files }) => (Array.isArray(files) ? files.map(({ name }) => basename(name)) : []))
}
