import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Runs a command to its end and returns what it printed; rejects with all it said when it fails. */
export async function command(program: string, args: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { cwd, env: { ...process.env, NO_COLOR: '1', ...env }, maxBuffer: 1 << 26 })
    return stdout
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string }
    throw new Error(`${program} ${args.join(' ')}: ${message.split('\n')[0]}\n${stdout}\n${stderr}`)
  }
}

/** Runs the package manager of this repository. */
export const pnpm = (args: readonly string[], cwd: string): Promise<string> => command('npx', ['-y', 'pnpm@12', ...args], cwd)
