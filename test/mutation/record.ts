import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { equivalentOf } from './equivalent.ts'
import { isSame, type Mutant, mutantsOf } from './mutants.ts'

export type Outcome = 'killed' | 'hung' | 'survived' | 'equivalent'

/** What became of one mutation. */
export interface Result extends Mutant {
  readonly file: string
  readonly outcome: Outcome
}

const count = (results: readonly Result[], ...outcomes: Outcome[]) => results.filter(({ outcome }) => outcomes.includes(outcome)).length

function counts(results: readonly Result[]) {
  const [found, equivalent, left] = [count(results, 'killed', 'hung'), count(results, 'equivalent'), count(results, 'survived')]
  const share = found + left > 0 ? `${((100 * found) / (found + left)).toFixed(1)} %` : '-'
  return { tried: results.length, found, equivalent, left, share }
}

/** Returns one line about the results of a file. */
export function summary(name: string, results: readonly Result[]): string {
  const { found, equivalent, left, share } = counts(results)
  return `${name}: ${share}; ${found} found, ${left} survived, ${equivalent} explained`
}

/** Returns the results as a table, a row for each file; `all` has the mutations of each file. */
export function table(results: readonly Result[], all: ReadonlyMap<string, readonly Mutant[]>): string[] {
  const row = (name: string, size: number, of: readonly Result[]) => {
    const { tried, found, equivalent, left, share } = counts(of)
    return `| ${[name, size, tried, found, equivalent, left, share].join(' | ')} |`
  }
  const files = [...all].sort(([a], [b]) => (a < b ? -1 : 1))
  const rows = files.map(([file, mutants]) =>
    row(
      `\`${file.replace('packages/', '').replace('/src/', '/')}\``,
      mutants.length,
      results.filter((result) => result.file === file),
    ),
  )
  const size = files.reduce((sum, [, mutants]) => sum + mutants.length, 0)
  return [
    '| file | mutations | tried | found | equivalent | left | found of those not equivalent |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    row('all', size, results),
  ]
}

/** Returns the results of mutations that the sources still have, on the lines where they are now. What survived may be explained since. */
function current(results: readonly Result[], all: ReadonlyMap<string, readonly Mutant[]>): Result[] {
  return results.flatMap((result) => {
    const mutant = all.get(result.file)?.find((other) => isSame(other, result))
    if (!mutant) return []
    const isExplained = result.outcome === 'survived' && equivalentOf(result.file, mutant)
    return [{ ...result, ...mutant, ...(isExplained ? { outcome: 'equivalent' as const } : {}) }]
  })
}

const [START, END] = ['<!-- mutations -->', '<!-- /mutations -->']

/** Writes date, commit and table between the marks of docs/internals/mutations.md; `biome check --write` aligns it. */
export function record(root: string, reported: readonly Result[]): void {
  const path = `${root}/docs/internals/mutations.md`
  const text = readFileSync(path, 'utf8')
  const [from, to] = [text.indexOf(START), text.indexOf(END)]
  if (from < 0 || to < from) throw new Error(`${path} has no place for the table: ${START} … ${END}`)
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
  const files = [...new Set(reported.map(({ file }) => file))].filter((file) => existsSync(`${root}/${file}`))
  const all = new Map(files.map((file) => [file, mutantsOf(file, readFileSync(`${root}/${file}`, 'utf8'))]))
  const results = current(reported, all)
  const of = `${new Date().toISOString().slice(0, 10)}, commit ${commit}, a sample of the mutations of these files:`
  const left = results.filter(({ outcome }) => outcome === 'survived')
  const list = left.map(({ file, line, what }) => `- \`${file.replace('packages/', '')}:${line}\`: \`${what}\``)
  const lines = [START, '', of, '', ...table(results, all), '', ...(list.length > 0 ? ['Left:', '', ...list, ''] : [])]
  writeFileSync(path, text.slice(0, from) + lines.join('\n') + text.slice(to))
}
