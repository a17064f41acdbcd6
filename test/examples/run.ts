import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { root } from '../repo/files.ts'

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The environment without what would tell an example where to read or write. */
function clean(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1' }
  for (const name of ['BROKERS', 'TOPIC', 'RATE', 'TICKETS', 'SEED', 'INPUT', 'OUTPUT', 'FORMAT', 'RESUME', 'JSON', 'VERBOSE']) delete env[name]
  return env
}

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Called with all of stderr so far; the function it gets sends SIGINT. */
  readonly onError?: (said: string, interrupt: () => void) => void
}

/** Runs `node examples/<name>.ts` to its end, as a user would. */
export function example(name: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const child = spawn(process.execPath, [join(root, 'examples', `${name}.ts`), ...args], {
    cwd: options.cwd ?? root,
    env: { ...clean(), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (text) => {
    stdout += text
  })
  child.stderr.on('data', (text) => {
    stderr += text
    options.onError?.(stderr, () => child.kill('SIGINT'))
  })
  return new Promise((done) => child.once('close', (code) => done({ code, stdout, stderr })))
}

const made: string[] = []
afterAll(async () => {
  for (const folder of made) await rm(folder, { recursive: true, force: true })
})

/** A new folder, removed when the tests of the file are done. */
export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'tickets-examples-'))
  made.push(path)
  return path
}

/** The object on the last line; rejects with what was said instead, where there is none. */
export function summaryOf({ code, stdout, stderr }: Ran): Record<string, number & Record<string, number>> {
  const last = stdout.trimEnd().split('\n').at(-1) ?? ''
  if (!last.startsWith('{')) throw new Error(`no summary, exit code ${code}: ${stdout}${stderr}`)
  return JSON.parse(last)
}
