import { spawn } from 'node:child_process'
import { interrupted, Refusal } from '../refusal.ts'
import type { Manager } from './manager.ts'

/** Where the commands of a project run. */
export interface Steps {
  readonly folder: string
  readonly manager: Manager
  /** The program of the package manager, where it said so: `npm_execpath`. */
  readonly execPath: string | undefined
  readonly signal: AbortSignal
  /** Takes what a script prints. */
  readonly print: (text: string) => void
}

/** Brings in what the project needs, silently. Throws a `Refusal` with what the package manager said. */
export async function install(steps: Steps): Promise<void> {
  const said: string[] = []
  await run(steps, steps.manager.install, (text) => said.push(text)).catch((error: unknown) => {
    if (said.length === 0 || !(error instanceof Refusal) || error.exitCode === 130) throw error
    throw new Refusal(`${error.message}\n${said.join('').trimEnd()}`)
  })
}

/** Runs a script of the project. Throws a `Refusal` where it fails. */
export const runScript = (steps: Steps, script: string): Promise<void> => run(steps, ['run', script], steps.print)

function run({ folder, manager: { name }, execPath, signal }: Steps, args: readonly string[], print: (text: string) => void): Promise<void> {
  const command = [name, ...args].join(' ')
  const stopped = () => interrupted(`stopped: ${folder} is complete, and "${command}" in it continues`)
  if (signal.aborted) return Promise.reject(stopped())
  // The path of npm and its like is a script of Node, or a program.
  const isOwn = execPath !== undefined && new RegExp(`\\b${name}\\b`).test(execPath)
  const isScript = isOwn && /\.[cm]?js$/.test(execPath)
  const [program, first] = isScript ? [process.execPath, [execPath]] : [isOwn ? execPath : name, []]
  return new Promise((done, fail) => {
    const child = spawn(program, [...first, ...args], {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: withoutPnp(process.env.NODE_OPTIONS) },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A package manager of Windows is a script of its shell.
      shell: process.platform === 'win32' && !isScript,
    })
    const stop = () => child.kill()
    signal.addEventListener('abort', stop)
    child.stdout.setEncoding('utf8').on('data', print)
    child.stderr.setEncoding('utf8').on('data', print)
    child.once('error', (cause) =>
      fail(new Refusal(`${name} cannot be started (${cause.message}): install it, then run "${command}" in ${folder}`, { cause })),
    )
    child.once('close', (code, by) => {
      signal.removeEventListener('abort', stop)
      if (signal.aborted) fail(stopped())
      else if (code === 0) done()
      else
        fail(
          new Refusal(
            `"${command}" in ${folder} ended with ${by ?? `exit code ${code}`}: the project is complete, so that you can run it again there`,
          ),
        )
    })
  })
}

/** Removes from the options of Node what `yarn dlx` adds for its own temporary project, whose packages are not those of the new one. */
export const withoutPnp = (options = ''): string => options.replaceAll(/--(require|import|loader|experimental-loader)[ =]\S*\.pnp\.\S+/g, '').trim()
