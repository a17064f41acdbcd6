/**
 * Changes sources in one small place after the other and looks whether a test fails: `pnpm mutate [path…] [--every 17] [--lines 40-90]`.
 * A path is a file or the beginning of one; without any, the sources that could lose or double rows. With `--every`, each so many-th
 * mutation of a file is tried, and at least `--least` of them. `--json report.json` adds to a report what it does not have yet. `--again
 * report.json` tries what survived in one once more and updates it. `--record` with `--again`, which may be given more than once, writes the
 * table of these reports to docs/internals/mutations.md. Ends with 1 when a mutation survives that `equivalent.ts` does not explain.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { equivalentOf } from './equivalent.ts'
import { isSame, type Mutant, mutantsOf } from './mutants.ts'
import { type Outcome, type Result, record, summary } from './record.ts'
import type { Answer, Ask } from './runner.ts'
import { all, specOf, stagesOf, targets } from './targets.ts'

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    every: { type: 'string', default: '1' },
    least: { type: 'string', default: '1' },
    lines: { type: 'string', default: '' },
    json: { type: 'string' },
    again: { type: 'string', multiple: true, default: [] },
    record: { type: 'boolean', default: false },
    seconds: { type: 'string' },
  },
})

/** A child process with the tests; killed as a group, since its workers may run for ever. */
class Runner {
  #child: ChildProcess | undefined

  async ask(ask: Ask, limit: number): Promise<Answer | 'hung'> {
    this.#child ??= await this.#start()
    const child = this.#child
    child.send(ask)
    const timer = AbortSignal.timeout(limit)
    try {
      const [answer] = (await once(child, 'message', { signal: timer })) as [Answer]
      return answer
    } catch {
      this.stop()
      return 'hung'
    }
  }

  stop(): void {
    const pid = this.#child?.pid
    this.#child = undefined
    if (pid) process.kill(-pid, 'SIGKILL')
  }

  async #start(): Promise<ChildProcess> {
    const stdio: ['ignore', 'ignore', 'inherit', 'ipc'] = ['ignore', 'ignore', 'inherit', 'ipc']
    const child = fork(fileURLToPath(new URL('./runner.ts', import.meta.url)), [], { cwd: root, detached: true, stdio })
    const ended = once(child, 'exit').then(() => Promise.reject(new Error('the tests could not be started: see above')))
    ended.catch(() => {})
    await Promise.race([once(child, 'message'), ended])
    return child
  }
}

function filesOf(paths: readonly string[]): string[] {
  const sources = globSync('packages/*/src/**/*.ts', { cwd: root }).filter((path) => !/\.(test|fixture)\.ts$|\.d\.ts$/.test(path))
  const found = sources.filter((path) => paths.some((wanted) => path.startsWith(wanted)) && targets.some(({ sources }) => sources.test(path)))
  if (found.length === 0) throw new Error(`no source that test/mutation/targets.ts knows begins with ${paths.join(' or ')}`)
  return found.sort()
}

const results: Result[] = []

/** Adds results to those of before; of two of the same mutation the later counts. */
function add(found: readonly Result[]): void {
  for (const result of found) {
    const at = results.findIndex((old) => old.file === result.file && isSame(old, result))
    if (at < 0) results.push(result)
    else results[at] = result
  }
}
const isAgain = values.again.length > 0
const reports = isAgain ? values.again : [values.json ?? []].flat().filter((path) => existsSync(path))
for (const path of reports) add(JSON.parse(readFileSync(path, 'utf8')) as Result[])

/** A report is written after each mutation, so that a run may be stopped. */
function keep(found: readonly Result[]): void {
  add(found)
  const path = values.json ?? values.again[0]
  if (path) writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`)
}

/** The mutations of a file to try: those of the sample, or those that survived before. */
function chosen(file: string): Mutant[] {
  const found = mutantsOf(file, readFileSync(`${root}/${file}`, 'utf8'))
  const ofFile = results.filter((result) => result.file === file)
  if (isAgain) {
    const survived = ofFile.filter(({ outcome }) => outcome === 'survived')
    return found.filter((mutant) => survived.some((result) => isSame(result, mutant)))
  }
  const [from = 1, to = Number.POSITIVE_INFINITY] = values.lines === '' ? [] : values.lines.split('-').map(Number)
  const every = Math.max(1, Math.min(Number(values.every), Math.floor(found.length / Number(values.least))))
  // Where the sample begins differs from file to file, and is the same in each run: the first mutation of a file is often a constant.
  const first = [...file].reduce((sum, char) => sum + char.charCodeAt(0), 0) % Math.min(every, found.length || 1)
  const sample = found.filter(({ line }) => from <= line && line <= to).filter((_, i) => i % every === first)
  return sample.filter((mutant) => !ofFile.some((result) => isSame(result, mutant)))
}

/** The tests of several files are the same: without a mutation they run once. */
const passed = new Map<string, Answer>()

async function mutateFile(runner: Runner, file: string, until: number): Promise<Result[]> {
  const mutants = chosen(file)
  if (mutants.length === 0) return []
  const stages = stagesOf(file, existsSync(`${root}/${specOf(file)}`))
  const ask: Ask = { root, file: `${root}/${file}`, mutation: null, stages }
  // A new one for each file: nothing of the last file's mutations stays in its caches.
  runner.stop()
  const key = JSON.stringify(stages)
  const plain = passed.get(key) ?? (await runner.ask(ask, 600_000))
  if (plain === 'hung' || plain.failed !== null) {
    console.log(`${file}: left out, its tests fail without a mutation: ${plain === 'hung' ? plain : plain.errors.join('\n').slice(0, 300)}`)
    return []
  }
  passed.set(key, plain)
  const limit = Math.round(15_000 + 3 * plain.ms)
  console.log(`${file}: ${mutants.length} mutations, ${(plain.ms / 1000).toFixed(1)} s for all of its tests`)
  const found: Result[] = []
  const attempt = async (mutated: Ask, most: number) => {
    const answer = await runner.ask(mutated, most)
    if (answer === 'hung' || answer.loaded) return answer
    runner.stop()
    return runner.ask(mutated, most)
  }
  for (const mutant of mutants) {
    if (Date.now() > until) break
    const answer = equivalentOf(file, mutant) ? 'equivalent' : await attempt({ ...ask, mutation: mutant }, limit)
    if (typeof answer !== 'string' && !answer.loaded) {
      console.log(`  ${file}: left out, no test of this thread loads it`)
      break
    }
    const outcome: Outcome = typeof answer === 'string' ? answer : answer.failed === null ? 'survived' : 'killed'
    if (outcome === 'survived') console.log(`  ${file}:${mutant.line}  ${mutant.what}\n    ${mutant.source}`)
    found.push({ ...mutant, file, outcome })
    keep(found)
  }
  return found
}

const until = values.seconds === undefined ? Number.POSITIVE_INFINITY : Date.now() + 1000 * Number(values.seconds)
const runner = new Runner()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    runner.stop()
    process.exit(130)
  })
}
const onlyWrite = values.record && isAgain
try {
  for (const file of onlyWrite ? [] : filesOf(positionals.length > 0 ? positionals : all)) {
    if (Date.now() > until) break
    const found = await mutateFile(runner, file, until)
    if (found.length > 0) console.log(summary(file, found))
  }
} finally {
  runner.stop()
}
console.log(summary('all', results))
if (values.record) record(root, results)
process.exitCode = results.some(({ outcome }) => outcome === 'survived') ? 1 : 0
