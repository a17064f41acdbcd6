import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { BenchOptions } from './options.ts'
import { ROOT } from './places.ts'

/** Other measurements, each a script of its own that keeps its result with `--record`. */
const others = [
  'bench/steps/all.ts',
  'bench/growth.ts',
  'bench/profile.ts',
  'bench/latency.ts',
  'bench/buckets.ts',
  'bench/formats.ts',
  'bench/nested/nested.ts',
]

function run(script: string, args: readonly string[]): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [script, ...args], { cwd: ROOT, stdio: 'inherit' })
    child.once('error', fail)
    child.once('close', (code) => (code === 0 ? done() : fail(new Error(`${script} ended with ${code}`))))
  })
}

/** Writes docs/performance.md and its pictures from what is kept. */
export const writePage = (): Promise<void> => run('bench/pages/write.ts', [])

/** Runs all benchmarks and writes docs/performance.md and its pictures. A benchmark that fails is reported at the end and stops no other. */
export async function recordAll({ long }: BenchOptions): Promise<void> {
  const failures: string[] = []
  for (const script of others.filter((path) => existsSync(`${ROOT}/${path}`))) {
    const args = ['--record', ...(long && script.endsWith('growth.ts') ? ['--long'] : [])]
    await run(script, args).catch((error: Error) => failures.push(error.message))
  }
  await writePage()
  if (failures.length > 0) throw new Error(failures.join('; '))
}
