import { EventEmitter } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { WorkerAnswer, WorkerJob } from './messages.ts'
import { bufferOf, type ParquetJob } from './parquet-job.ts'
import { Member } from './pool-member.ts'
import type { Task } from './task.ts'

/** A thread that says what a test lets it say. */
class FakeWorker extends EventEmitter {
  readonly posted: WorkerJob[] = []
  readonly transferred: unknown[] = []
  refs = 1
  terminated = 0
  /** Whether it ends as soon as it is asked to. */
  obeys = true

  postMessage(message: WorkerJob, transfer: unknown[]): void {
    this.posted.push(message)
    this.transferred.push(...transfer)
  }
  ref(): void {
    this.refs = 1
  }
  unref(): void {
    this.refs = 0
  }
  async terminate(): Promise<number> {
    this.terminated++
    if (this.obeys) this.emit('exit', 1)
    return 1
  }
  say(answer: WorkerAnswer): void {
    this.emit('message', answer)
  }
  finish(job: number, text = 'file', memory = 10): void {
    this.say({ kind: 'done', id: this.posted[job]?.id ?? -1, parts: [new Uint8Array(Buffer.from(text))], spare: [], memory })
  }
}

function hired() {
  const worker = new FakeWorker()
  const told: unknown[][] = []
  const member = new Member(worker as unknown as Worker, 1000, {
    ready: () => {},
    done: (task, memory) => void told.push(['done', task, memory]),
    lost: (tasks, files, cause, wasReady) => void told.push(['lost', tasks, String((cause as Error).message), wasReady, ...files]),
    gone: () => void told.push(['gone']),
  })
  return { worker, told, member }
}

/** A task, and what became of it. */
function taskOf(make: () => ParquetJob = () => ({ kind: 'ipc', ipc: new ArrayBuffer(4) }) as ParquetJob) {
  const settled: unknown[] = []
  const task: Task = {
    bytes: 4,
    tries: 0,
    make,
    resolve: (parts) => void settled.push(String(Buffer.concat(parts))),
    reject: (error) => void settled.push(error),
  }
  return { task, settled }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('tasks', () => {
  test('are packed when they are taken, their bytes handed over, and each gets its own answer, in any order', () => {
    const { worker, member, told } = hired()
    const [a, b] = [taskOf(), taskOf()]
    member.take(a.task)
    member.take(b.task)
    expect(worker.transferred).toEqual(worker.posted.map(({ job }) => bufferOf(job)))
    expect(member.load).toBe(2)
    worker.finish(1, 'second', 20)
    worker.finish(0, 'first', 30)
    expect([a.settled, b.settled]).toEqual([['first'], ['second']])
    expect(told).toEqual([
      ['done', b.task, 20],
      ['done', a.task, 30],
    ])
    expect(member.load).toBe(0)
  })

  test('that cannot be packed fail alone', () => {
    const { worker, member, told } = hired()
    const broken = taskOf(() => {
      throw new Error('too large')
    })
    const fine = taskOf()
    member.take(broken.task)
    member.take(fine.task)
    worker.finish(0)
    expect(broken.settled).toMatchObject([{ message: 'too large' }])
    expect(fine.settled).toEqual(['file'])
    expect(told.map(([what]) => what)).toEqual(['done', 'done'])
  })

  test('that the encoder refuses fail with its reason, and the thread continues', () => {
    const { worker, member } = hired()
    const [bad, good] = [taskOf(), taskOf()]
    member.take(bad.task)
    member.take(good.task)
    worker.say({ kind: 'failed', id: worker.posted[0]?.id ?? -1, reason: 'no such column', trapped: false })
    worker.finish(1)
    expect([bad.settled, good.settled]).toMatchObject([[{ message: 'no such column' }], ['file']])
    expect([member.open, worker.terminated]).toEqual([true, 0])
  })

  test('are settled once, whatever a thread says after that', () => {
    const { worker, member, told } = hired()
    const { task, settled } = taskOf()
    member.take(task)
    worker.finish(0)
    worker.finish(0)
    worker.say({ kind: 'done', id: 99, parts: [], spare: [], memory: 0 })
    expect([settled, told.length]).toEqual([['file'], 1])
  })
})

describe('a thread that ends', () => {
  test('gives its tasks back in their order, with what ended it', () => {
    const { worker, member, told } = hired()
    const tasks = [taskOf(), taskOf(), taskOf()]
    worker.say({ kind: 'ready' })
    for (const { task } of tasks) member.take(task)
    worker.finish(0)
    worker.emit('error', new Error('out of memory'))
    worker.emit('exit', 1)
    expect(told.at(-1)).toEqual(['lost', tasks.slice(1).map(({ task }) => task), 'out of memory', true])
    expect(tasks.map(({ settled }) => settled)).toEqual([['file'], [], []])
    expect([member.load, member.open]).toEqual([0, false])
  })

  test('says its exit code where nothing else is known', () => {
    const { worker, member, told } = hired()
    member.take(taskOf().task)
    worker.emit('exit', 7)
    expect(told).toMatchObject([['lost', [{}], 'the thread that encodes ended with exit code 7', false]])
  })

  test('before it was ready is lost also without tasks, since the next one would end so too', () => {
    const { worker, told } = hired()
    worker.emit('exit', 1)
    expect(told).toMatchObject([['lost', [], expect.stringContaining('exit code 1'), false]])
  })

  test('after its work, or because it was asked to, is just gone', async () => {
    const idle = hired()
    idle.worker.say({ kind: 'ready' })
    idle.worker.emit('exit', 0)
    expect(idle.told).toEqual([['gone']])
    const early = hired()
    await early.member.end()
    expect(early.told).toEqual([['gone']])
  })

  test('after a trap is believed nothing more: what it had is done by another', () => {
    const { worker, member, told } = hired()
    worker.obeys = false
    worker.say({ kind: 'ready' })
    const [a, b] = [taskOf(), taskOf()]
    member.take(a.task)
    member.take(b.task)
    worker.say({ kind: 'failed', id: worker.posted[0]?.id ?? -1, reason: 'unreachable', trapped: true })
    expect([worker.terminated, member.open]).toEqual([1, false])
    worker.finish(1, 'of a broken instance')
    worker.emit('exit', 1)
    expect([a.settled, b.settled]).toEqual([[], []])
    expect(told).toEqual([['lost', [a.task, b.task], 'unreachable', true]])
  })
})

describe('a thread without work', () => {
  test('does not hold the process, and is ended after its time unless it gets more', async () => {
    const { worker, member } = hired()
    member.take(taskOf().task)
    expect(worker.refs).toBe(1)
    worker.finish(0)
    expect(worker.refs).toBe(0)
    await vi.advanceTimersByTimeAsync(900)
    member.take(taskOf().task)
    expect(worker.refs).toBe(1)
    await vi.advanceTimersByTimeAsync(5000)
    expect(worker.terminated).toBe(0)
    worker.finish(1)
    await vi.advanceTimersByTimeAsync(1000)
    expect(worker.terminated).toBe(1)
  })

  test('is ended at once when it was retired, and otherwise after what it has', () => {
    const idle = hired()
    idle.member.retire()
    expect(idle.worker.terminated).toBe(1)
    const { worker, member } = hired()
    const { task, settled } = taskOf()
    member.take(task)
    member.retire()
    expect([member.open, worker.terminated]).toEqual([false, 0])
    worker.finish(0)
    expect([settled, worker.terminated]).toEqual([['file'], 1])
  })
})
