import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify, stripVTControlCharacters } from 'node:util'
import { root } from '../../test/repo/files.ts'
import { demand } from './check.ts'

const exec = promisify(execFile)
const LAST_CHARACTERS = 600

/** What a command did. */
export interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly code: number
  readonly seconds: number
}

/** Settings of `run`. */
export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly minutes?: number
}

/** Runs a command to its end, whatever its exit code. */
export async function run(command: string, args: readonly string[], { cwd = root, env = {}, minutes = 10 }: RunOptions = {}): Promise<Ran> {
  const began = performance.now()
  const after = () => (performance.now() - began) / 1000
  try {
    const options = { cwd, env: { ...process.env, NO_COLOR: '1', ...env }, maxBuffer: 1 << 26, timeout: minutes * 60_000 }
    return { ...(await exec(command, args, options)), code: 0, seconds: after() }
  } catch (error) {
    const { stdout = '', stderr = '', code } = error as { stdout?: string; stderr?: string; code?: number | string }
    return { stdout, stderr: `${stderr}${typeof code === 'string' ? code : ''}`, code: typeof code === 'number' ? code : 1, seconds: after() }
  }
}

/** Runs a command that has to succeed. Rejects with the end of what it said. */
export async function runs(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const ran = await run(command, args, options)
  demand(ran.code === 0, `${[command, ...args].join(' ')} ended with ${ran.code}: ${`${ran.stdout}\n${ran.stderr}`.trim().slice(-LAST_CHARACTERS)}`)
  return ran
}

/** Runs a script of package.json. Rejects where there is none, or where it fails. */
export async function script(name: string, args: readonly string[] = [], minutes = 10): Promise<Ran> {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
  demand(name in scripts, `package.json has no script "${name}"`)
  return runs('npx', ['-y', 'pnpm@12', name, ...args], { minutes })
}

/** Runs tests. Rejects unless there are some, and all of them passed. Resolves to how many. */
export async function tests(paths: readonly string[], { ci = false, named, minutes = 10 }: { ci?: boolean; named?: string; minutes?: number } = {}) {
  for (const path of paths) demand(existsSync(join(root, path)), `there is no ${path}`)
  // Where the configuration of each has its report in CI.
  const report = join(root, '.cache/results', ci ? 'packed.json' : 'test.json')
  await rm(report, { force: true })
  const config = ci ? ['--config', 'test/ci.config.ts', '--root', '.'] : []
  const args = ['node_modules/vitest/vitest.mjs', 'run', ...config, ...paths, ...(named ? ['-t', named] : [])]
  const { stdout, stderr } = await run(process.execPath, args, { env: { CI: 'true' }, minutes })
  const text = await readFile(report, 'utf8').catch(() => '')
  demand(text !== '', `${paths.join(' ')} gave no report: ${stripVTControlCharacters(`${stdout}\n${stderr}`).trim().slice(-LAST_CHARACTERS)}`)
  const { numPassedTests: passed, numFailedTests: failed, testResults } = JSON.parse(text) as Report
  const red = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const those = assertionResults.filter((test) => test.status === 'failed').map(({ fullName }) => fullName)
    return those.length > 0 || status !== 'failed' ? those : [`${name}: ${message}`]
  })
  demand(failed === 0 && red.length === 0 && passed > 0, `${passed} tests passed, ${red.length} failed: ${red.join('; ')}`)
  return `${passed} tests passed`
}

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

/** Runs `use` in a new folder, which goes away afterwards. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'tickets-eco-'))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Returns the middle one of an odd number of figures. */
export const median = (figures: readonly number[]): number => [...figures].sort((a, b) => a - b)[figures.length >> 1] ?? Number.NaN

/** Returns how many days ago a day such as `2026-11-21` was. */
export const daysSince = (day: string): number => (Date.now() - Date.parse(day)) / 86_400_000
