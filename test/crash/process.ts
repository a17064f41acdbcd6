import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Said, WorkerConfig } from './config.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export interface End {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

let workers = 0

/** A worker process, seen from outside. */
export class WorkerProcess {
  readonly said: Said[] = []
  readonly end: Promise<End>
  readonly config: WorkerConfig
  /** It was killed, or will be: what it says at the end is not held against it. */
  doomed = false
  ended: End | null = null
  stderr = ''
  readonly #child: ChildProcess
  #heard = () => {}

  constructor(config: WorkerConfig, program: 'worker' | 'compactor' = 'worker') {
    this.config = config
    // Beside the home, which may be full.
    const file = join(dirname(config.home), `worker-${++workers}.json`)
    writeFileSync(file, JSON.stringify(config))
    this.#child = spawn(
      process.execPath,
      ['--import', here('./packages.ts'), '--disable-warning=ExperimentalWarning', here(`./${program}.ts`), file],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        // Whoever works in a bucket has a folder of its own, where nothing may be written.
        ...(config.bucket ? { cwd: config.home } : {}),
      },
    )
    const { stdout, stderr } = this.#child
    if (stdout)
      createInterface({ input: stdout }).on('line', (line) => {
        try {
          this.said.push(JSON.parse(line) as Said)
        } catch {
          this.stderr += `${line}\n`
        }
        this.#heard()
      })
    stderr?.on('data', (text) => {
      this.stderr = `${this.stderr}${text}`.slice(-4000)
    })
    this.end = new Promise((resolve) =>
      this.#child.once('close', (code, signal) => {
        this.ended = { code, signal }
        this.#heard()
        resolve({ code, signal })
      }),
    )
  }

  signal(signal: NodeJS.Signals): void {
    if (signal === 'SIGKILL') this.doomed = true
    if (!this.ended) this.#child.kill(signal)
  }

  /** Waits until it stands still: it says that it came to its point just before. */
  async frozen(): Promise<void> {
    for (let i = 0; i < 400 && !this.ended; i++) {
      const stat = await readFile(`/proc/${this.#child.pid}/stat`, 'utf8').catch(() => null)
      // Where there is no /proc: long after it.
      if (stat === null) return sleep(500)
      if (/\) [Tt] /.test(stat)) return
      await sleep(25)
    }
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL')
    await this.end
  }

  /** What it failed with, when it did. */
  get failure(): Extract<Said, { error: string }> | undefined {
    return this.said.find((said) => 'error' in said)
  }

  /** Settles when it has said such a thing, with it; with null when it ends, or after `ms`. */
  async hears<S extends Said>(wanted: (said: Said) => said is S, ms = 90_000): Promise<S | null> {
    const deadline = Date.now() + ms
    for (;;) {
      const found = this.said.find(wanted)
      if (found || this.ended || Date.now() >= deadline) return found ?? null
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.max(1, deadline - Date.now()))
        this.#heard = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  atPoint(ms?: number) {
    return this.hears((said): said is Said & { point: string } => 'point' in said, ms)
  }

  hasPartitions(ms?: number) {
    return this.hears((said): said is Said & { assigned: string[] } => 'assigned' in said && said.assigned.length > 0, ms)
  }
}
