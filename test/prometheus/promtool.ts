import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type DebianPackage, hasApt, rootOf, unpack } from '../servers/debian.ts'

const debian: DebianPackage = { name: 'prometheus', folder: 'prometheus', instead: 'Install prometheus, which has promtool' }

/** A program of Prometheus: that of the machine, else that of Debian's package, fetched once; null where there is neither, which is an error in CI. */
export async function programOf(name: 'promtool' | 'prometheus'): Promise<string | null> {
  const installed = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name))
  const fetched = join(rootOf(debian), 'usr/bin', name)
  const found = [...installed, fetched].find((path) => existsSync(path))
  if (found) return found
  if (await hasApt()) {
    await unpack(debian)
    return fetched
  }
  if (process.env.CI) throw new Error(`no ${name}: install prometheus, or apt-get to fetch it`)
  return null
}

/** Runs promtool with this input. Returns its exit code and all that it said. */
export function runPromtool(path: string, args: readonly string[], input = ''): Promise<{ readonly code: number | null; readonly said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, said }))
    child.stdin.end(input)
  })
}
