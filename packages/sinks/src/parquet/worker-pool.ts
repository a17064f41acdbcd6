import type { Worker } from 'node:worker_threads'
import { messageOf } from '@tickets/core'
import type { ParquetJob } from './parquet-job.ts'
import { Member } from './pool-member.ts'
import { PooledFile } from './pooled-file.ts'
import { type Bytes, FileLost, type FileThread, type Task } from './task.ts'

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
  encode(bytes: number, make: () => ParquetJob): Promise<readonly Bytes[]> {
    return new Promise((resolve, reject) => {
      // Whole, so that what is added and removed again leaves nothing: a rest of a billionth would keep the largest jobs waiting for ever.
      this.#queue({ bytes: Math.ceil(bytes), make, tries: 0, resolve, reject })
    })
  }

  /** Begins a file whose rows come piece by piece. */
  open(): PooledFile {
    return new PooledFile((task) => this.#queue(task))
  }

  /** Ends all threads that have nothing to do and no file. */
  async close(): Promise<void> {
    const idle = [...this.#members].filter((member) => member.load === 0)
    await Promise.all(idle.map((member) => member.end()))
  }

  #queue(task: Task): void {
    this.#waiting.push(task)
    this.#dispatch()
  }

  /**
   * Hands out what threads have room for. Nothing passes what waits before it, so that nothing waits for ever, but for rows of files whose thread takes
   * no others: it may be just that thread's end which is waited for.
   */
  #dispatch(): void {
    if (this.#broken) for (const task of this.#waiting.splice(0)) task.reject(this.#broken)
    let isBlocked = false
    for (const task of [...this.#waiting]) {
      if (this.#bytes > 0 && this.#bytes + task.bytes > this.#options.maxBytes) return
      if (isBlocked && (task.file?.thread?.open ?? true)) continue
      const thread = this.#threadFor(task)
      const at = this.#waiting.indexOf(task)
      // What fails at once makes room, which is given away before the next task is looked at.
      if (at < 0) continue
      if (thread) {
        this.#waiting.splice(at, 1)
        this.#bytes += task.bytes
        thread.take(task)
      } else isBlocked = true
    }
  }

  /** Returns the thread for a task; none when it has enough. */
  #threadFor({ file, bytes }: Task): FileThread | undefined {
    if (!file) return this.#free()
    if (file.thread) return file.thread.hasRoom(bytes) ? file.thread : undefined
    const member = this.#free()
    // What a thread has of a file ends with it, so that its first rows wait until it has shown that it runs.
    return member?.ready ? member : undefined
  }

  /** The thread with the least to do, a new one if all have something; none when all have enough. */
  #free(): Member | undefined {
    // One that takes no more is not counted: its files may need it for a while.
    const open = [...this.#members].filter((member) => member.open).sort((a, b) => a.load - b.load)
    const [least] = open
    if (least && (least.load === 0 || open.length >= this.size)) return least.hasRoom() ? least : undefined
    return this.#hire()
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
      ready: () => this.#dispatch(),
      done: (task, memory) => {
        this.#bytes -= task.bytes
        if (memory > Math.max(this.#options.maxMemory, MEMORY_PER_BYTE * task.bytes)) member.retire()
        this.#dispatch()
      },
      lost: (tasks, files, cause, wasReady) => {
        this.#members.delete(member)
        for (const file of files) file.fail(new FileLost(messageOf(cause), { cause }))
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

  /**
   * Queues the whole files of a thread that ended. The first task may have ended it, so it gets one more try; the others only waited in that thread.
   * Rows of files that have more are not here any more.
   */
  #again(tasks: readonly Task[], cause: unknown): void {
    const [first] = tasks
    const again = tasks.filter((task) => !task.file && (task !== first || ++task.tries < 2))
    this.#waiting.unshift(...again)
    for (const task of tasks) if (!again.includes(task)) task.reject(cause)
  }

  #break(cause: unknown): void {
    const reason = messageOf(cause)
    this.#broken = new WorkersUnavailable(reason, { cause })
    this.#dispatch()
  }
}
