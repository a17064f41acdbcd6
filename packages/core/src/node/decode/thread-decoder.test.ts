import { EventEmitter } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Ticket } from '../../tickets/ticket.ts'
import type { DecodeAnswer, DecodeJob } from './messages.ts'
import { pieceOf, threadPlan } from './pieces.fixture.ts'
import { DecodeThread } from './thread-decoder.ts'

/** A thread that answers when the test says so. */
class FakeWorker extends EventEmitter {
  readonly jobs: DecodeJob[] = []
  isHolding = true
  isEnded = false
  postMessage(job: DecodeJob): void {
    this.jobs.push(job)
  }
  ref(): void {
    this.isHolding = true
  }
  unref(): void {
    this.isHolding = false
  }
  async terminate(): Promise<number> {
    this.isEnded = true
    this.emit('exit', 1)
    return 1
  }
  answer(id: number, columns: DecodeAnswer['columns'] = []): void {
    this.emit('message', { id, columns } satisfies DecodeAnswer)
  }
}

let workers: FakeWorker[]
let warnings: { mock: { calls: unknown[][] } }
const thread = () =>
  new DecodeThread(() => {
    const worker = new FakeWorker()
    workers.push(worker)
    return worker as unknown as Worker
  })
const [plan, other] = [threadPlan(Ticket, 0), threadPlan(Ticket, 1)]
const piece = pieceOf([])
const columns = (n: number) => [{ n }] as unknown as NonNullable<DecodeAnswer['columns']>

beforeEach(() => {
  workers = []
  vi.useFakeTimers()
  warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

test('starts no thread before there is work, and one for all of it', () => {
  const decoding = thread()
  expect([workers.length, decoding.isBroken]).toEqual([0, false])
  void decoding.columns(plan, piece)
  void decoding.columns(other, piece)
  expect(workers).toHaveLength(1)
})

test('gives each piece the answer that is its own, in whatever order they come', async () => {
  const decoding = thread()
  const answers = [decoding.columns(plan, piece), decoding.columns(plan, piece), decoding.columns(plan, piece)]
  const [worker] = workers
  for (const id of [2, 0, 1]) worker?.answer(id, id === 1 ? null : columns(id))
  expect(await Promise.all(answers)).toEqual([columns(0), null, columns(2)])
})

test('sends the plan of a schema with its first piece alone', () => {
  const decoding = thread()
  for (const given of [plan, other, plan]) void decoding.columns(given, piece)
  expect(workers[0]?.jobs.map(({ schema, plan: sent }) => [schema, sent !== null])).toEqual([
    [0, true],
    [1, true],
    [0, false],
  ])
})

test('holds the process while it has work, and not after', async () => {
  const decoding = thread()
  const both = [decoding.columns(plan, piece), decoding.columns(plan, piece)]
  const worker = workers[0] as FakeWorker
  worker.answer(0)
  expect(worker.isHolding).toBe(true)
  worker.answer(1)
  await Promise.all(both)
  expect(worker.isHolding).toBe(false)
  void decoding.columns(plan, piece)
  expect(worker.isHolding).toBe(true)
})

describe('a minute without work', () => {
  test('ends the thread, which is no fault: the next piece starts another, and tells it the plan', async () => {
    const decoding = thread()
    const first = decoding.columns(plan, piece)
    workers[0]?.answer(0)
    await first
    vi.advanceTimersByTime(60_000)
    expect(workers[0]?.isEnded).toBe(true)
    const second = decoding.columns(plan, piece)
    expect(workers[1]?.jobs.map(({ plan: sent }) => sent)).toEqual([plan])
    workers[1]?.answer(1, columns(1))
    expect(await second).toEqual(columns(1))
    expect([decoding.isBroken, warnings.mock.calls.length]).toEqual([false, 0])
  })

  test('is counted from the last piece on', () => {
    const decoding = thread()
    void decoding.columns(plan, piece)
    workers[0]?.answer(0)
    vi.advanceTimersByTime(59_000)
    void decoding.columns(plan, piece)
    vi.advanceTimersByTime(600_000)
    expect(workers[0]?.isEnded).toBe(false)
    workers[0]?.answer(1)
    vi.advanceTimersByTime(60_000)
    expect(workers[0]?.isEnded).toBe(true)
  })
})

describe('a thread that is lost', () => {
  test.each([
    ['fails', (worker: FakeWorker) => worker.emit('error', new Error('out of memory')), 'out of memory'],
    ['ends by itself', (worker: FakeWorker) => worker.emit('exit', 3), 'exit code 3'],
  ])('because it %s gives back all that it had, says so once, and is not started again', async (_, lose, says) => {
    const decoding = thread()
    const both = [decoding.columns(plan, piece), decoding.columns(plan, piece)]
    lose(workers[0] as FakeWorker)
    expect(await Promise.all(both)).toEqual([null, null])
    expect(await decoding.columns(plan, piece)).toBeNull()
    workers[0]?.emit('exit', 1)
    expect([decoding.isBroken, workers.length]).toEqual([true, 1])
    expect(warnings.mock.calls).toEqual([[expect.stringContaining(says), expect.objectContaining({ code: 'TICKETS_DECODE_IN_PROCESS' })]])
  })

  test('because it cannot be started is the same', async () => {
    let starts = 0
    const decoding = new DecodeThread(() => {
      starts++
      throw new Error('no such file')
    })
    expect([await decoding.columns(plan, piece), await decoding.columns(plan, piece)]).toEqual([null, null])
    expect([starts, decoding.isBroken]).toEqual([1, true])
    expect(warnings.mock.calls).toEqual([[expect.stringContaining('no such file'), expect.anything()]])
  })
})

describe('memory', () => {
  test('is as large as asked for, and used again only where it is large enough', () => {
    const decoding = thread()
    void decoding.columns(plan, piece)
    const small = decoding.memory(10)
    expect(small.byteLength).toBe(65_536)
    decoding.free(small)
    expect(decoding.memory(20)).toBe(small)
    decoding.free(small)
    const large = decoding.memory(100_000)
    expect(large.byteLength).toBe(100_000)
    decoding.free(large)
    expect(decoding.memory(70_000)).toBe(large)
  })

  test('is never given twice', () => {
    const decoding = thread()
    void decoding.columns(plan, piece)
    decoding.free(decoding.memory(10))
    expect(decoding.memory(10)).not.toBe(decoding.memory(10))
  })

  test('is kept for four pieces at the most, and for none without a thread', async () => {
    const decoding = thread()
    const kept = (count: number) => {
      const given = Array.from({ length: count }, () => decoding.memory(10))
      for (const shared of given) decoding.free(shared)
      return Array.from({ length: count }, () => decoding.memory(10)).filter((shared) => given.includes(shared)).length
    }
    expect(kept(6)).toBe(0)
    const first = decoding.columns(plan, piece)
    expect(kept(6)).toBe(4)
    workers[0]?.emit('error', new Error('lost'))
    await first
    expect(kept(6)).toBe(0)
  })
})
