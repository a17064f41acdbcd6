import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Command, Job } from '../contestant.ts'
import { ROOT } from '../runner/places.ts'

/** The versions of what runs in Node. */
export function nodeVersions(): Record<string, string> {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim()
  return { node: process.versions.node, tickets: commit }
}

/** `node <program beside this file> <input> <out> <scratch>`. */
export function nodeCommand(program: string, { input, out, scratch }: Job<string>): Command {
  return { command: process.execPath, args: [fileURLToPath(new URL(program, import.meta.url)), input, out, scratch] }
}

/** What docs/operations/run.md advises where memory matters more than a twentieth of the time. */
export const SMALL_HEAP = { NODE_OPTIONS: '--max-semi-space-size=1' }

/** `python <program beside this file> <input> <out> <scratch>`. */
export function pythonCommand(python: string, program: string, { input, out, scratch }: Job<string>): Command {
  return { command: python, args: [fileURLToPath(new URL(program, import.meta.url)), input, out, scratch] }
}
