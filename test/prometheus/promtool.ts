import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type DebianPackage, hasApt, rootOf, unpack } from '../servers/debian.ts'

const debian: DebianPackage = { name: 'prometheus', folder: 'prometheus', instead: 'Install prometheus, which has promtool' }

/** The promtool of the machine, else that of Debian's package, fetched once; null where there is neither. */
export async function promtool(): Promise<string | null> {
  const installed = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'promtool'))
  const fetched = join(rootOf(debian), 'usr/bin/promtool')
  const found = [...installed, fetched].find((path) => existsSync(path))
  if (found) return found
  if (!(await hasApt())) return null
  await unpack(debian)
  return fetched
}

/** Runs promtool with this input. Returns its exit code and all that it said. */
export function runPromtool(path: string, args: readonly string[], input: string): Promise<{ readonly code: number | null; readonly said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, said }))
    child.stdin.end(input)
  })
}
