import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { PipelineStatus } from '@tickets/monitor'
import type { Answer, Figures, MemberConfig, Question } from './config.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const READ_TIMEOUT_MS = 10_000
const JOIN_TIMEOUT_MS = 60_000
const DRAIN_TIMEOUT_MS = 90_000

/** What is seen of a member from outside and from inside. */
export interface MemberSample extends Figures {
  /** Bytes of physical memory. */
  readonly rss: number
  readonly handles: number
  /** Messages of its partitions that it has not read, or not committed. */
  readonly backlog: number
}

let members = 0

/** A member of the pipeline, as a process. */
export class Member {
  readonly #child: ChildProcess
  readonly #url: Promise<string>
  readonly #end: Promise<number | null>
  #figures: ((figures: Figures) => void) | null = null
  #isStopping = false
  said = ''

  /** @param failed called when it ends by itself, with what it said last */
  constructor(config: MemberConfig, failed: (why: string) => void) {
    const file = `${config.home}-member-${++members}.json`
    writeFileSync(file, JSON.stringify(config))
    // The built packages, as an application has them.
    const args = ['--import', here('../crash/packages.ts'), '--disable-warning=ExperimentalWarning', here('./member.ts'), file]
    this.#child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'pipe', 'ipc'] })
    this.#child.stderr?.on('data', (text) => {
      this.said = `${this.said}${text}`.slice(-4000)
    })
    this.#url = new Promise((resolve) =>
      this.#child.on('message', (answer: Answer) => {
        if ('url' in answer) resolve(answer.url)
        else this.#figures?.(answer)
      }),
    )
    this.#end = once(this.#child, 'exit').then(([code, signal]) => {
      if (!this.#isStopping && code !== 0) failed(`a member ended with ${code ?? signal}: ${this.said}`)
      return code as number | null
    })
  }

  get pid(): number {
    return this.#child.pid as number
  }

  /** Returns what it uses now, and how far it is by its own monitor. Rejects when it has ended. */
  sample(): Promise<MemberSample> {
    return Promise.race([this.#sample(), this.#isGone()])
  }

  /** Waits until it has partitions. */
  async joined(): Promise<void> {
    const deadline = Date.now() + JOIN_TIMEOUT_MS
    while (((await Promise.race([this.#status(), this.#isGone()]))?.progress?.assigned ?? []).length === 0) {
      if (Date.now() > deadline) throw new Error(`a member got no partitions in ${JOIN_TIMEOUT_MS} ms: ${this.said}`)
      await sleep(100)
    }
  }

  async #isGone(): Promise<never> {
    throw new Error(`a member has ended with ${await this.#end}`)
  }

  async #get(page: string): Promise<string> {
    return (await fetch(`${await this.#url}${page}`, { signal: AbortSignal.timeout(READ_TIMEOUT_MS) })).text()
  }

  async #status(): Promise<PipelineStatus | undefined> {
    return (JSON.parse(await this.#get('/status')) as { readonly pipelines: readonly PipelineStatus[] }).pipelines[0]
  }

  async #sample(): Promise<MemberSample> {
    const figures = new Promise<Figures>((resolve) => {
      this.#figures = resolve
    })
    this.#ask({ ask: 'figures' })
    const [running] = await Promise.all([this.#status(), this.#get('/metrics')])
    const partitions = Object.values(running?.progress?.partitions ?? {})
    return {
      ...(await figures),
      rss: Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1]) * 1024,
      handles: readdirSync(`/proc/${this.pid}/fd`).length,
      backlog: partitions.reduce((sum, { lag, uncommitted }) => sum + (lag ?? 0) + uncommitted, 0),
    }
  }

  /** Makes each write to its slow sink take so many milliseconds; 0 for none. */
  slow(ms: number): void {
    this.#ask({ slow: ms })
  }

  #ask(question: Question): void {
    if (this.#child.connected) this.#child.send(question)
  }

  /** Stops it as an operator does, and waits until all that it read is committed. */
  async stop(): Promise<void> {
    this.#isStopping = true
    this.#child.kill('SIGTERM')
    await this.done()
  }

  /** Waits until it has drained. */
  async done(timeout = DRAIN_TIMEOUT_MS): Promise<void> {
    const late = setTimeout(() => this.kill(), timeout)
    const code = await this.#end
    clearTimeout(late)
    if (code !== 0) throw new Error(`a member has not drained, and ended with ${code}: ${this.said}`)
  }

  kill(): void {
    this.#isStopping = true
    this.#child.kill('SIGKILL')
  }
}
