/**
 * Changes sources in one small place after the other and looks whether a test fails: `pnpm mutate [path…] [--every 5] [--lines 40-90]
 * [--json report.json]`. A path is a file or the beginning of one; without any, all that could lose or double rows. Ends with 1 when a
 * mutation survives that `equivalent.ts` does not explain.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { equivalentOf } from './equivalent.ts'
import { type Mutant, mutantsOf } from './mutants.ts'
import type { Answer, Ask } from './runner.ts'
import { all, targets } from './targets.ts'

type Outcome = 'killed' | 'hung' | 'survived' | 'equivalent'
interface Result extends Mutant {
  readonly file: string
  readonly outcome: Outcome
}

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { every: { type: 'string', default: '1' }, lines: { type: 'string', default: '' }, json: { type: 'string' }, seconds: { type: 'string' } },
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

function chosen(file: string): Mutant[] {
  const [from = 1, to = Number.POSITIVE_INFINITY] = values.lines === '' ? [] : values.lines.split('-').map(Number)
  return mutantsOf(file, readFileSync(`${root}/${file}`, 'utf8'))
    .filter(({ line }) => from <= line && line <= to)
    .filter((_, i) => i % Number(values.every) === 0)
}

async function mutateFile(runner: Runner, file: string, until: number): Promise<Result[]> {
  const stages = (targets.find(({ sources }) => sources.test(file)) as (typeof targets)[number]).stages
  const ask: Ask = { root, file: `${root}/${file}`, mutation: null, stages }
  const plain = await runner.ask(ask, 600_000)
  if (plain === 'hung' || plain.failed !== null) throw new Error(`the tests of ${file} fail without a mutation:\n${JSON.stringify(plain, null, 2)}`)
  const limit = Math.round(15_000 + 4 * plain.ms)
  const mutants = chosen(file)
  console.log(`${file}: ${mutants.length} mutations, ${(plain.ms / 1000).toFixed(1)} s for all of its tests`)
  const results: Result[] = []
  for (const mutant of mutants) {
    if (Date.now() > until) break
    const answer = equivalentOf(file, mutant) ? 'equivalent' : await runner.ask({ ...ask, mutation: mutant }, limit)
    const outcome = typeof answer === 'string' ? answer : answer.failed === null ? 'survived' : 'killed'
    if (outcome === 'survived') console.log(`  ${file}:${mutant.line}  ${mutant.what}\n    ${mutant.source}`)
    results.push({ ...mutant, file, outcome })
  }
  return results
}

const count = (results: readonly Result[], outcome: Outcome) => results.filter((result) => result.outcome === outcome).length
function say(name: string, results: readonly Result[]): void {
  const equal = count(results, 'equivalent')
  const found = count(results, 'killed') + count(results, 'hung')
  const share = results.length > equal ? `${((100 * found) / (results.length - equal)).toFixed(1)} %` : 'none to find'
  console.log(`${name}: ${share}; ${found} found, ${count(results, 'survived')} survived, ${equal} explained`)
}

const until = values.seconds === undefined ? Number.POSITIVE_INFINITY : Date.now() + 1000 * Number(values.seconds)
const runner = new Runner()
const results: Result[] = []
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    runner.stop()
    process.exit(130)
  })
}
try {
  for (const file of filesOf(positionals.length > 0 ? positionals : all)) {
    if (Date.now() > until) break
    const of = await mutateFile(runner, file, until)
    say(file, of)
    results.push(...of)
  }
} finally {
  runner.stop()
}
say('all', results)
if (values.json) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`)
process.exitCode = count(results, 'survived') > 0 ? 1 : 0
