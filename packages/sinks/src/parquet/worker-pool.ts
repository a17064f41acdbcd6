import type { Worker } from 'node:worker_threads'
import { messageOf } from '@tickets/core'
import type { ParquetJob } from './parquet-job.ts'
import { Member, type Task } from './pool-member.ts'

export interface PoolOptions {
  /** Starts a thread that speaks as `messages.ts` says; may throw. */
  readonly start: () => Worker
  /** Bytes of packed rows that threads hold together, those that wait in a thread included; one job alone may have more. */
  readonly maxBytes: number
  /** After so many milliseconds without work a thread is ended. */
  readonly idle: number
  /** A thread whose WASM holds more bytes than this is replaced, unless its jobs need as much. */
  readonly maxMemory: number
}

/** The thread could not be started at all: not a matter of the job. */
export class WorkersUnavailable extends Error {
  override readonly name = 'WorkersUnavailable'
}

/** A thread that waits for its next job does nothing while the main thread is busy: so each has one more than it works on. */
const AHEAD = 2

/** WASM needs about three times the packed rows: the stream, its columns, and the file. */
const MEMORY_PER_BYTE = 4

/**
 * Threads that encode: started when there is work, and ended when there is none for a while.
 *
 * Jobs begin in the order in which they are asked for. A job is packed only when a thread may take it, so that what waits costs nothing
 * beyond the batches that the caller holds anyway.
 */
export class WorkerPool {
  /** Threads at the most. */
  size = 1
  readonly #options: PoolOptions
  readonly #waiting: Task[] = []
  readonly #members = new Set<Member>()
  #bytes = 0
  #broken: WorkersUnavailable | null = null

  constructor(options: PoolOptions) {
    this.#options = options
  }

  /** Threads that run now. */
  get threads(): number {
    return this.#members.size
  }

  /**
   * Encodes what `make` packs. `bytes` is about its size.
   *
   * @throws `WorkersUnavailable` when threads cannot be started; what `make` throws; what the encoder said, as a plain error
   */
  encode(bytes: number, make: () => ParquetJob): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      // Whole, so that what is added and removed again leaves nothing: a rest of a billionth would keep the largest jobs waiting for ever.
      this.#waiting.push({ bytes: Math.ceil(bytes), make, tries: 0, resolve, reject })
      this.#dispatch()
    })
  }

  /** Ends all threads that have nothing to do. */
  async close(): Promise<void> {
    const idle = [...this.#members].filter((member) => member.tasks === 0)
    await Promise.all(idle.map((member) => member.end()))
  }

  #dispatch(): void {
    if (this.#broken) for (const task of this.#waiting.splice(0)) task.reject(this.#broken)
    for (;;) {
      const task = this.#waiting[0]
      if (!task || (this.#bytes > 0 && this.#bytes + task.bytes > this.#options.maxBytes)) return
      const member = this.#free()
      if (!member) return
      this.#waiting.shift()
      this.#bytes += task.bytes
      member.take(task)
    }
  }

  /** The thread with the least to do, a new one if all have something; none when all have enough. */
  #free(): Member | undefined {
    const [least] = [...this.#members].filter((member) => member.open).sort((a, b) => a.tasks - b.tasks)
    if (least && (least.tasks === 0 || this.#members.size >= this.size)) return least.tasks < AHEAD ? least : undefined
    return this.#members.size < this.size ? this.#hire() : undefined
  }

  #hire(): Member | undefined {
    let worker: Worker
    try {
      worker = this.#options.start()
    } catch (cause) {
      this.#break(cause)
      return undefined
    }
    const member: Member = new Member(worker, this.#options.idle, {
      done: (task, memory) => {
        this.#bytes -= task.bytes
        if (memory > Math.max(this.#options.maxMemory, MEMORY_PER_BYTE * task.bytes)) member.retire()
        this.#dispatch()
      },
      lost: (tasks, cause, wasReady) => {
        this.#members.delete(member)
        for (const task of tasks) this.#bytes -= task.bytes
        this.#again(tasks, cause)
        if (!wasReady) this.#break(cause)
        else this.#dispatch()
      },
      gone: () => {
        this.#members.delete(member)
        this.#dispatch()
      },
    })
    this.#members.add(member)
    return member
  }

  /** Queues the jobs of a thread that ended. The first one may have ended it, so it gets one more try; the others only waited in that thread. */
  #again(tasks: readonly Task[], cause: unknown): void {
    const [first, ...others] = tasks
    this.#waiting.unshift(...others)
    if (!first) return
    first.tries++
    if (first.tries < 2) this.#waiting.unshift(first)
    else first.reject(cause)
  }

  #break(cause: unknown): void {
    const reason = messageOf(cause)
    this.#broken = new WorkersUnavailable(reason, { cause })
    this.#dispatch()
  }
}
