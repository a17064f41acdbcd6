import type { Outcome } from './outcome.ts'
import type { Question } from './worker.ts'

/** How long code may run before it is stopped. */
const LIMIT_MS = 2000

type Unnumbered = Question extends infer Q ? (Q extends Question ? Omit<Q, 'id'> : never) : never

/** Runs pipelines in a worker, which is stopped when one takes too long. */
export class Runner {
  #worker: Worker | null = null
  #ready: Promise<void> = Promise.resolve()
  #waiting: { readonly id: number; take(answer: unknown): void } | null = null
  #id = 0

  constructor() {
    this.#start()
  }

  /** Runs a pipeline over a trace. A run that is asked for meanwhile takes the place of an older one, which gives null. */
  async run(code: string, trace: string): Promise<Outcome | null> {
    return (await this.#ask({ kind: 'run', code, trace })) as Outcome | null
  }

  /** Makes a trace of generated tickets. */
  async tickets(seed: number): Promise<string | null> {
    return (await this.#ask({ kind: 'tickets', seed })) as string | null
  }

  /** Ends the worker. */
  stop(): void {
    this.#worker?.terminate()
    this.#worker = null
  }

  async #ask(question: Unnumbered): Promise<unknown> {
    const id = ++this.#id
    await this.#ready
    this.#waiting?.take(null)
    if (id !== this.#id || this.#worker === null) return null
    const worker = this.#worker
    return new Promise((done) => {
      const timer = setTimeout(() => {
        this.stop()
        this.#start()
        take({ steps: [], error: `stopped after ${LIMIT_MS / 1000} seconds: does the pipeline loop for ever?` })
      }, LIMIT_MS)
      const take = (answer: unknown) => {
        clearTimeout(timer)
        this.#waiting = null
        done(answer)
      }
      this.#waiting = { id, take }
      worker.postMessage({ ...question, id })
    })
  }

  #start(): void {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
    this.#worker = worker
    this.#ready = new Promise((ready) => {
      worker.addEventListener('message', ({ data }: MessageEvent<{ id: number; answer: unknown }>) => {
        if (data.id === 0) ready()
        else if (data.id === this.#waiting?.id) this.#waiting.take(data.answer)
      })
    })
  }
}
