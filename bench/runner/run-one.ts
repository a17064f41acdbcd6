import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from '../contestant.ts'
import { ProcessTree } from './process-tree.ts'

/** What one run took. Seconds of wall time; bytes. */
export interface Timing {
  /** From the start of the work to the last committed file, as the process tells. */
  readonly seconds: number
  /** The same from the start of the process. */
  readonly total: number
  /** Processor time of all its processes. */
  readonly cpu: number
  readonly memory: number
}

export interface RunLimits {
  /** Milliseconds after which it is killed. */
  readonly timeout: number
}

const SAMPLE = 50
const SEARCH_EVERY = 5

/** The last lines that a process said, for when it fails. */
class LastLines {
  readonly #lines: string[] = []
  add(line: string): void {
    this.#lines.push(line)
    if (this.#lines.length > 40) this.#lines.shift()
  }
  /** The line that looks most like the cause. */
  get cause(): string {
    const cause = this.#lines.findLast((line) => /error|exception|caused by/i.test(line) && !/^\s+at /.test(line))
    return (cause ?? this.#lines.at(-1) ?? 'it said nothing').trim().slice(0, 300)
  }
}

/** Runs a command in a session of its own, and measures it. Rejects with what it said when it ends without its line, or not in time. */
export async function runOne({ command, args, env, cwd, grace = 10_000 }: Command, { timeout }: RunLimits): Promise<Timing> {
  // What others left to be written is not this one's to wait for.
  execFileSync('sync')
  const began = performance.now()
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'close')
  ended.catch(() => {})
  await once(child, 'spawn')
  const tree = new ProcessTree(child.pid as number)
  const said = new LastLines()
  let told: { seconds: number; total: number } | undefined
  const line = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (text) => {
      if (!text.startsWith('BENCH ')) return said.add(text)
      told = { total: (performance.now() - began) / 1000, seconds: Number(JSON.parse(text.slice(6)).seconds) }
      tree.sample()
      resolve()
    })
  })
  createInterface({ input: child.stderr }).on('line', (text) => said.add(text))
  let looks = 0
  const sampler = setInterval(() => {
    if (looks++ % SEARCH_EVERY === 0) tree.search()
    tree.sample()
  }, SAMPLE)
  const stop = new AbortController()
  const over = sleep(timeout, 'late', { signal: stop.signal }).catch(() => 'stopped')
  try {
    const how = await Promise.race([ended, line, over])
    if (how === 'late') throw new Error(`not done after ${timeout / 1000} s`)
    const end = told ? sleep(grace, undefined, { signal: stop.signal }).catch(() => {}) : ended
    await Promise.race([ended, end])
    if (!told || !Number.isFinite(told.seconds)) throw new Error(`exit code ${child.exitCode}: ${said.cause}`)
    return { ...told, cpu: tree.cpu, memory: tree.memory }
  } finally {
    stop.abort()
    clearInterval(sampler)
    tree.kill()
  }
}
