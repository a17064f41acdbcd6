import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { DuckDBInstance } from '@duckdb/node-api'
import { commitOf, filesOf, recordNumbers } from './records.ts'

// Reads the outputs as any reader would, with DuckDB's glob, for as long as workers write: all that can be seen must be whole, and recorded.
// stdin: {"watch": home} and {"leave": home}; stdout: what was seen too early, and {"left": home, "looks", "seen"} when it was left.

const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
const watched = new Map<string, { looks: number; seen: Map<string, number>; early: string[]; leaving: boolean }>()

const readers = { parquet: 'read_parquet', jsonl: 'read_json', csv: 'read_csv' } as const
const options = {
  parquet: 'filename = true',
  jsonl: `filename = true, format = 'newline_delimited', columns = {line: 'VARCHAR'}`,
  csv: `filename = true, all_varchar = true, union_by_name = true, sample_size = 100`,
}

function recordOf(home: string, name: string): string | null {
  const match = /^part-([^-]+)-(.+)-(\d+)-(\d+)\.\w+$/.exec(name)
  if (!match) return `${name} is no name of ours`
  const [task, n] = [match[2] ?? '', Number(match[3])]
  const numbers = recordNumbers(home, task)
  // Older records are pruned, from the lowest upwards.
  if (numbers.length > 0 && n < (numbers[0] ?? 0)) return null
  if (!numbers.includes(n)) return `${name} is visible, record ${n} of ${task} is not there (${numbers[0]}..${numbers.at(-1)})`
  let files: readonly string[]
  try {
    files = filesOf(commitOf(home, task, n))
  } catch (error) {
    // Pruned since it was listed.
    if ((error as { code?: string }).code === 'ENOENT') return null
    throw error
  }
  return files.includes(name) ? null : `${name} is visible, record ${n} of ${task} does not name it`
}

/**
 * Whether a file is of a table and of no range: a checkpoint, deletes, or rows that were written anew. Readers know it by a commit of the table alone, and
 * whoever loses the race for that commit removes it again.
 */
const isOfTable = (path: string): boolean => /\/(_delta_log|metadata)\/|\/rewritten-[^/]+$/.test(path)

async function look(home: string, watch: { seen: Map<string, number>; early: string[] }): Promise<void> {
  for (const [extension, reader] of Object.entries(readers)) {
    const glob = join(home, 'out', '**', `*.${extension}`)
    let rows: Record<string, unknown>[]
    try {
      const found = (await connection.runAndReadAll(`FROM glob('${glob}')`)).getRowObjectsJS().map(({ file }) => String(file))
      const files = found.filter((path) => !isOfTable(path)).map((path) => `'${path}'`)
      if (files.length === 0) continue
      const sql = `SELECT filename, count(*)::INTEGER AS rows FROM ${reader}([${files}], ${options[extension as 'csv']}) GROUP BY ALL`
      rows = (await connection.runAndReadAll(sql)).getRowObjectsJS()
    } catch (error) {
      watch.early.push(`cannot be read: ${String(error).slice(0, 300)}`)
      continue
    }
    for (const { filename, rows: count } of rows as { filename: string; rows: number }[]) {
      if (watch.seen.get(filename) === count) continue
      if (watch.seen.has(filename)) watch.early.push(`${filename} had ${watch.seen.get(filename)} rows, now ${count}`)
      watch.seen.set(filename, count)
      const why = recordOf(home, basename(filename))
      if (why) watch.early.push(why)
    }
  }
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { watch, leave } = JSON.parse(line) as { watch?: string; leave?: string }
    if (watch) watched.set(watch, { looks: 0, seen: new Map(), early: [], leaving: false })
    const left = leave ? watched.get(leave) : undefined
    if (left) left.leaving = true
  })
  .on('close', () => process.exit())

for (;;) {
  for (const [home, watch] of watched) {
    try {
      readdirSync(join(home, 'out'))
      await look(home, watch)
      watch.looks++
    } catch (error) {
      if ((error as { code?: string }).code !== 'ENOENT') watch.early.push(String(error))
    }
    if (!watch.leaving) continue
    watched.delete(home)
    process.stdout.write(`${JSON.stringify({ left: home, looks: watch.looks, seen: watch.seen.size, early: watch.early })}\n`)
  }
  await new Promise((done) => setTimeout(done, 80))
}
