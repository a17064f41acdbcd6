import type { Worker } from 'node:worker_threads'
import { packBuffers } from '../pack/pack-table.ts'
import type { WorkerAnswer, WorkerDrop, WorkerJob } from './messages.ts'
import { bufferOf } from './parquet-job.ts'
import type { FileThread, Task, TaskFile } from './task.ts'

/** Bytes of rows that wait in a thread which writes files piece by piece: what it does in some hundredths of a second, while the main thread is busy. */
const MOST_WAITING = 8 * 2 ** 20
/** A thread that waits for its next job does nothing while the main thread is busy: so each has one more than it works on. */
const AHEAD = 2

/** What a member tells its pool. */
export interface MemberEvents {
  /** It has loaded all that it needs. */
  ready(): void
  /** The task is settled, one way or the other. `memory`: what the thread's WASM holds. */
  done(task: Task, memory: number): void
  /** The thread has ended while it had these tasks, in their order, and these files. */
  lost(tasks: readonly Task[], files: readonly TaskFile[], cause: unknown, wasReady: boolean): void
  /** The thread has ended without any. */
  gone(): void
}

/** One thread of the pool, and what it has to do. While it has nothing to do it does not hold the process. */
export class Member implements FileThread {
  readonly #worker: Worker
  readonly #events: MemberEvents
  readonly #idle: number
  readonly #tasks = new Map<number, Task>()
  /** Those that it has rows of. */
  readonly #files = new Set<TaskFile>()
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

  /** Tasks and files that it has. */
  get load(): number {
    return this.#tasks.size + this.#files.size
  }

  get ready(): boolean {
    return this.#ready
  }

  /** Whether it takes more. */
  get open(): boolean {
    return !this.#retired
  }

  /** Returns whether it takes one more task that is a whole file, or more rows of a file. */
  hasRoom(bytes = Number.POSITIVE_INFINITY): boolean {
    const waiting = [...this.#tasks.values()].reduce((sum, task) => sum + task.bytes, 0)
    return this.#tasks.size < AHEAD || waiting + bytes <= MOST_WAITING
  }

  /** Packs a task and hands it over; settles it where that fails. */
  take(task: Task): void {
    clearTimeout(this.#timer)
    this.#worker.ref()
    const id = this.#next++
    this.#tasks.set(id, task)
    if (task.file) {
      task.file.thread = this
      this.#files.add(task.file)
    }
    try {
      const message: WorkerJob = { id, job: task.make() }
      this.#worker.postMessage(message, [bufferOf(message.job)])
      task.taken?.()
    } catch (error) {
      this.#settle(id, 0, () => task.reject(error))
    }
  }

  drop(file: TaskFile): void {
    if (!this.#files.delete(file)) return
    this.#worker.postMessage({ drop: file.number } satisfies WorkerDrop)
    if (this.#tasks.size === 0) this.#rest()
  }

  /** Takes no other file, and ends when it has done what it has. */
  retire(): void {
    this.#retired = true
    if (this.load === 0) void this.end()
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
      this.#events.ready()
      if (this.load === 0) this.#rest()
      return
    }
    if (answer.kind === 'done') for (const buffer of answer.spare) packBuffers.give(buffer)
    const task = this.#tasks.get(answer.id)
    if (!task || this.#trapped) return
    if (answer.kind === 'done') this.#settle(answer.id, answer.memory, () => task.resolve(answer.parts))
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
    if (task.file?.isOver) this.#files.delete(task.file)
    if (this.#tasks.size === 0) this.#rest()
    this.#events.done(task, memory)
  }

  #rest(): void {
    this.#worker.unref()
    if (this.#files.size > 0) return
    if (this.#retired) return void this.end()
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.end(), this.#idle)
    this.#timer.unref()
  }

  #ended(code: number): void {
    clearTimeout(this.#timer)
    this.#retired = true
    const tasks = [...this.#tasks.values()]
    this.#tasks.clear()
    const files = [...this.#files]
    this.#files.clear()
    if (tasks.length === 0 && files.length === 0 && (this.#ready || this.#dismissed)) this.#events.gone()
    else this.#events.lost(tasks, files, this.#fault ?? new Error(`the thread that encodes ended with exit code ${code}`), this.#ready)
  }
}
