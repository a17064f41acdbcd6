import type { Worker } from 'node:worker_threads'
import type { WorkerAnswer, WorkerJob } from './messages.ts'
import { bufferOf, type ParquetJob } from './parquet-job.ts'

/** A file to encode, and who waits for it. */
export interface Task {
  /** About the size of its buffer. */
  readonly bytes: number
  readonly make: () => ParquetJob
  /** How many threads have ended while they were at it. */
  tries: number
  readonly resolve: (bytes: Uint8Array) => void
  readonly reject: (error: unknown) => void
}

/** What a member tells its pool. */
export interface MemberEvents {
  /** The task is settled, one way or the other. `memory`: what the thread's WASM holds. */
  done(task: Task, memory: number): void
  /** The thread has ended while it had these tasks, in their order. */
  lost(tasks: readonly Task[], cause: unknown, wasReady: boolean): void
  /** The thread has ended without any. */
  gone(): void
}

/** One thread of the pool, and what it has to do. While it has nothing to do it does not hold the process. */
export class Member {
  readonly #worker: Worker
  readonly #events: MemberEvents
  readonly #idle: number
  readonly #tasks = new Map<number, Task>()
  #next = 0
  #ready = false
  #retired = false
  /** Ended by us. */
  #dismissed = false
  /** Its encoder failed in a way after which nothing that it says is believed. */
  #trapped = false
  #fault: unknown = null
  #timer: NodeJS.Timeout | undefined

  constructor(worker: Worker, idle: number, events: MemberEvents) {
    this.#worker = worker
    this.#idle = idle
    this.#events = events
    worker.on('message', (answer: WorkerAnswer) => this.#answered(answer))
    worker.on('error', (error) => {
      this.#fault = error
    })
    worker.on('exit', (code) => this.#ended(code))
  }

  get tasks(): number {
    return this.#tasks.size
  }

  /** Whether it takes more. */
  get open(): boolean {
    return !this.#retired
  }

  /** Packs a task and hands it over; settles it where that fails. */
  take(task: Task): void {
    clearTimeout(this.#timer)
    this.#worker.ref()
    const id = this.#next++
    this.#tasks.set(id, task)
    try {
      const message: WorkerJob = { id, job: task.make() }
      this.#worker.postMessage(message, [bufferOf(message.job)])
    } catch (error) {
      this.#settle(id, 0, () => task.reject(error))
    }
  }

  /** Takes no more, and ends when it has done what it has. */
  retire(): void {
    this.#retired = true
    if (this.#tasks.size === 0) void this.end()
  }

  async end(): Promise<void> {
    this.#retired = true
    this.#dismissed = true
    clearTimeout(this.#timer)
    await this.#worker.terminate()
  }

  #answered(answer: WorkerAnswer): void {
    if (answer.kind === 'ready') {
      this.#ready = true
      return
    }
    const task = this.#tasks.get(answer.id)
    if (!task || this.#trapped) return
    if (answer.kind === 'done') this.#settle(answer.id, answer.memory, () => task.resolve(answer.bytes))
    else if (!answer.trapped) this.#settle(answer.id, 0, () => task.reject(new Error(answer.reason)))
    else {
      this.#fault ??= new Error(answer.reason)
      this.#trapped = true
      this.#retired = true
      void this.#worker.terminate()
    }
  }

  #settle(id: number, memory: number, tell: () => void): void {
    const task = this.#tasks.get(id) as Task
    this.#tasks.delete(id)
    tell()
    if (this.#tasks.size === 0) this.#rest()
    this.#events.done(task, memory)
  }

  #rest(): void {
    if (this.#retired) return void this.end()
    this.#worker.unref()
    this.#timer = setTimeout(() => void this.end(), this.#idle)
    this.#timer.unref()
  }

  #ended(code: number): void {
    clearTimeout(this.#timer)
    this.#retired = true
    const tasks = [...this.#tasks.values()]
    this.#tasks.clear()
    if (tasks.length === 0 && (this.#ready || this.#dismissed)) this.#events.gone()
    else this.#events.lost(tasks, this.#fault ?? new Error(`the thread that encodes ended with exit code ${code}`), this.#ready)
  }
}
