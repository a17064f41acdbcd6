import { EventEmitter } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { DecodeAnswer, DecodeJob, Piece, ThreadOrder, ThreadPlan } from './messages.ts'
import { DecodeThread } from './thread-decoder.ts'

const IDLE_MS = 60_000
const MIN_BYTES = 1 << 16

/** A piece without rows. */
const empty = { rows: 0, odd: new Int32Array(0), columns: [] }

/** A worker that answers when a test says so. */
class FakeWorker extends EventEmitter {
  readonly jobs: DecodeJob[] = []
  readonly orders: ThreadOrder[] = []
  isHeld = false
  isEnded = false
  ref() {
    this.isHeld = true
  }
  unref() {
    this.isHeld = false
  }
  postMessage(message: DecodeJob | ThreadOrder) {
    if ('piece' in message) this.jobs.push(message)
    else this.orders.push(message)
  }
  async terminate() {
    this.isEnded = true
    this.emit('exit', 1)
  }
  answer(id: number, decoded: DecodeAnswer['decoded'] = empty, texts: DecodeAnswer['texts'] = [], more: Partial<DecodeAnswer> = {}) {
    this.emit('message', { id, decoded, texts, lines: null, failure: null, ...more } satisfies DecodeAnswer)
  }
}

const field = (kind: 'integer' | 'string') => ({ name: kind, kind, values: [], optional: false, nullable: false })
const planOf = (id: number) => ({ id, fields: [] as ThreadPlan['fields'] }) as ThreadPlan
const piece = {} as Piece

/** A thread, with the workers that it started. */
function setUp() {
  const workers: FakeWorker[] = []
  const thread = new DecodeThread(() => {
    const worker = new FakeWorker()
    workers.push(worker)
    return worker as unknown as Worker
  })
  return { thread, workers, worker: () => workers.at(-1) ?? expect.fail('no worker was started') }
}

let warnings: ReturnType<typeof vi.spyOn>
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
})
afterEach(() => {
  vi.useRealTimers()
  warnings.mockRestore()
})

describe('a thread with work', () => {
  test('is started with the first piece, gets each plan once, and its answers go where they belong', async () => {
    const { thread, workers, worker } = setUp()
    expect(workers).toEqual([])
    const answers = [planOf(7), planOf(8), planOf(7)].map((plan) => thread.decode(plan, piece))
    expect(workers).toHaveLength(1)
    expect(worker().jobs.map(({ id, schema, plan }) => [id, schema, plan?.id ?? null])).toEqual([
      [0, 7, 7],
      [1, 8, 8],
      [2, 7, null],
    ])
    for (const id of [2, 0, 1]) worker().answer(id, { ...empty, rows: 10 + id })
    expect((await Promise.all(answers)).map((decoded) => decoded?.rows)).toEqual([10, 11, 12])
  })

  test('gets the columns whose texts it should number, and its numbers go with those columns', async () => {
    const { thread, worker } = setUp()
    const plan = { id: 3, fields: [field('integer'), field('string')] } as unknown as ThreadPlan
    const first = thread.decode(plan, piece)
    worker().answer(0)
    const [none, given] = (await first)?.texts ?? []
    expect([none, given]).toEqual([null, { request: { isWanted: false }, numbered: null }])
    if (given) given.request.isWanted = true
    const second = thread.decode(plan, piece)
    void thread.decode(planOf(0), piece)
    expect(worker().jobs.map(({ wanted }) => wanted)).toEqual([[], [1], []])
    const numbered = { column: 1, first: 0, numbers: Int32Array.of(0, 0), ends: Int32Array.of(0, 1), bytes: Uint8Array.of(97) }
    worker().answer(1, { ...empty, rows: 2 }, [numbered])
    expect((await second)?.texts[1]?.numbered?.numbers).toBe(numbered.numbers)
  })

  test('gets the memory of answers that nobody reads any more with its next job, once', async () => {
    const { thread, worker } = setUp()
    const [one, two] = [new ArrayBuffer(8), new ArrayBuffer(8)]
    thread.giveBack(one)
    void thread.decode(planOf(0), piece)
    thread.giveBack(one)
    thread.giveBack(two)
    void thread.decode(planOf(0), piece)
    void thread.decode(planOf(0), piece)
    expect(worker().jobs.map(({ spare }) => spare)).toEqual([[], [one, two], []])
    thread.giveBack(one)
    worker().emit('exit', 1)
    thread.giveBack(two)
    expect(await thread.decode(planOf(0), piece)).toBe(null)
  })

  test('rejects with the code of what a file could not be read for', async () => {
    const { thread, worker } = setUp()
    const answers = [thread.decode(planOf(0), piece), thread.decode(planOf(0), piece)]
    worker().answer(0, null, [], { failure: { message: 'EIO: i/o error, read', code: 'EIO' } })
    worker().answer(1)
    await expect(answers[0]).rejects.toMatchObject({ message: 'EIO: i/o error, read', code: 'EIO' })
    expect(await answers[1]).toMatchObject(empty)
  })

  test('hurries a job whose signal aborts, and no other', async () => {
    const { thread, worker } = setUp()
    const [first, second, third] = [0, 1, 2].map(() => new AbortController()) as [AbortController, AbortController, AbortController]
    third.abort()
    const answers = [first, second, third].map(({ signal }) => thread.decode(planOf(0), piece, signal))
    expect(worker().orders).toEqual([{ hurry: 2 }])
    second.abort()
    for (const id of [0, 1, 2]) worker().answer(id)
    await Promise.all(answers)
    first.abort()
    expect(worker().orders).toEqual([{ hurry: 2 }, { hurry: 1 }])
  })

  test('gets orders while there is a thread', () => {
    const { thread, worker } = setUp()
    thread.order({ forget: 1 })
    void thread.decode(planOf(0), piece)
    thread.order({ forget: 2 })
    expect(worker().orders).toEqual([{ forget: 2 }])
  })

  test('holds the process only until the last answer', async () => {
    const { thread, worker } = setUp()
    for (let turn = 0; turn < 2; turn++) {
      const both = [thread.decode(planOf(0), piece), thread.decode(planOf(0), piece)]
      expect(worker().isHeld).toBe(true)
      worker().answer(2 * turn)
      expect(worker().isHeld).toBe(true)
      worker().answer(2 * turn + 1, null)
      expect(worker().isHeld).toBe(false)
      expect(await Promise.all(both)).toEqual([{ ...empty, texts: [], lines: null }, null])
    }
  })

  test('keeps no process alive by the minute that it waits for more', () => {
    vi.useRealTimers()
    const holding = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
    const before = holding()
    const { thread, worker } = setUp()
    void thread.decode(planOf(0), piece)
    worker().answer(0)
    expect(holding()).toBe(before)
  })

  test('is ended after a minute without work, which is no loss, and started anew with its plans', async () => {
    const { thread, workers, worker } = setUp()
    for (let turn = 1; turn <= 3; turn++) {
      const id = 2 * turn - 2
      void thread.decode(planOf(0), piece)
      vi.advanceTimersByTime(2 * IDLE_MS)
      worker().answer(id)
      vi.advanceTimersByTime(IDLE_MS - 1)
      // New work in time keeps it.
      void thread.decode(planOf(0), piece)
      vi.advanceTimersByTime(IDLE_MS)
      expect([workers.length, worker().isEnded]).toEqual([turn, false])
      worker().answer(id + 1)
      vi.advanceTimersByTime(IDLE_MS)
      expect([worker().isEnded, thread.isBroken]).toEqual([true, false])
      expect(worker().jobs.map(({ plan }) => plan !== null)).toEqual([true, false])
    }
    expect(warnings).not.toHaveBeenCalled()
  })
})

describe('memory for pieces', () => {
  test('is used again where it is large enough, four of them at most', () => {
    const { thread } = setUp()
    expect(thread.memory(10).byteLength).toBe(MIN_BYTES)
    expect(thread.memory(MIN_BYTES + 1).byteLength).toBe(MIN_BYTES + 1)
    void thread.decode(planOf(0), piece)
    const spare = Array.from({ length: 5 }, () => thread.memory(100))
    for (const one of spare) thread.free(one)
    const again = Array.from({ length: 5 }, () => thread.memory(MIN_BYTES))
    expect(again.filter((one) => spare.includes(one))).toHaveLength(4)
    expect(new Set(again).size).toBe(5)
    thread.free(again[0] as SharedArrayBuffer)
    expect(thread.memory(MIN_BYTES + 1)).not.toBe(again[0])
  })

  test('is not kept while there is no thread', () => {
    const { thread, worker } = setUp()
    const before = thread.memory(1)
    thread.free(before)
    expect(thread.memory(1)).not.toBe(before)
    void thread.decode(planOf(0), piece)
    const kept = thread.memory(1)
    thread.free(kept)
    worker().answer(0)
    vi.advanceTimersByTime(IDLE_MS)
    expect(thread.memory(1)).not.toBe(kept)
  })
})

describe('a thread that is lost', () => {
  test.each([
    ['ends by itself', (worker: FakeWorker) => worker.emit('exit', 3)],
    ['throws', (worker: FakeWorker) => worker.emit('error', new Error('no such module'))],
    ['throws and ends', (worker: FakeWorker) => [worker.emit('error', new Error('no')), worker.emit('exit', 1)]],
  ])('since it %s gives up all it had, is not started again, and that is said once', async (_, lose) => {
    const { thread, workers, worker } = setUp()
    const had = [thread.decode(planOf(0), piece), thread.decode(planOf(0), piece)]
    worker().answer(0)
    lose(worker())
    expect(await Promise.all(had)).toEqual([{ ...empty, texts: [], lines: null }, null])
    expect([await thread.decode(planOf(0), piece), thread.isBroken, workers.length]).toEqual([null, true, 1])
    expect(warnings).toHaveBeenCalledOnce()
  })

  test('since it cannot be started is tried once', async () => {
    let starts = 0
    const thread = new DecodeThread(() => {
      starts++
      throw new Error('no threads here')
    })
    expect(thread.isBroken).toBe(false)
    for (let turn = 0; turn < 2; turn++) expect(await thread.decode(planOf(0), piece)).toBeNull()
    expect([starts, thread.isBroken, warnings.mock.calls.length]).toEqual([1, true, 1])
  })
})
