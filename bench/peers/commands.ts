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

/** `python <program beside this file> <input> <out> <scratch>`. */
export function pythonCommand(python: string, program: string, { input, out, scratch }: Job<string>): Command {
  return { command: python, args: [fileURLToPath(new URL(program, import.meta.url)), input, out, scratch] }
}
