import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import type { Mutant } from './mutants.ts'

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

/** Returns the results as a table, a row for each file. */
export function table(results: readonly Result[]): string[] {
  const row = (name: string, of: readonly Result[]) => {
    const { tried, found, equivalent, left, share } = counts(of)
    return `| ${[name, tried, found, equivalent, left, share].join(' | ')} |`
  }
  const files = [...new Set(results.map(({ file }) => file))].sort()
  const rows = files.map((file) =>
    row(
      `\`${file.replace('packages/', '').replace('/src/', '/')}\``,
      results.filter((result) => result.file === file),
    ),
  )
  return [
    '| file | tried | found | equivalent | left | found of those not equivalent |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    row('all', results),
  ]
}

const [START, END] = ['<!-- mutations -->', '<!-- /mutations -->']

/** Writes date, commit and table between the marks of docs/internals/mutations.md. */
export function record(root: string, every: string, results: readonly Result[]): void {
  const path = `${root}/docs/internals/mutations.md`
  const text = readFileSync(path, 'utf8')
  const [from, to] = [text.indexOf(START), text.indexOf(END)]
  if (from < 0 || to < from) throw new Error(`${path} has no place for the table: ${START} … ${END}`)
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
  const of = `${new Date().toISOString().slice(0, 10)}, commit ${commit}, every ${every}th mutation of these files:`
  const left = results.filter(({ outcome }) => outcome === 'survived')
  const list = left.map(({ file, line, what }) => `- \`${file.replace('packages/', '')}:${line}\`: \`${what}\``)
  const lines = [START, '', of, '', ...table(results), '', ...(list.length > 0 ? ['Left:', '', ...list, ''] : [])]
  writeFileSync(path, text.slice(0, from) + lines.join('\n') + text.slice(to))
}
