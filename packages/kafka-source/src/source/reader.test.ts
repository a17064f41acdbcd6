import { setTimeout as sleep } from 'node:timers/promises'
import { type Chunk, type DecodeOptions, Ticket } from '@tickets/core'
import { describe, expect, it, vi } from 'vitest'
import { limit, numberOf, numbers, ticket } from '../../test/helpers.ts'
import { recordBatch } from '../../test/record-batches.ts'
import type { Fetched } from '../protocol/message-slices.ts'
import { crc32c } from '../protocol/record-batch.ts'
import { PartitionQueue } from './partition-queue.ts'
import { KafkaReader, type ReaderOptions } from './reader.ts'

const batchOf = (from: number, to: number) =>
  recordBatch(
    from,
    numbers(from, to).map((i) => JSON.stringify(ticket(i))),
  )

/** A reader of a queue that tests fill. */
function reading(more: Partial<ReaderOptions<Ticket>> & { bytes?: number } = {}) {
  const { bytes = 1 << 20, from = 0, to, ...options } = more
  const queue = new PartitionQueue({ topic: 't', partition: 0, from, end: from, to, bytes })
  const onRoom = vi.fn()
  const reader = new KafkaReader<Ticket>({
    schema: Ticket,
    queue,
    from,
    to,
    decodeOptions: { maxFuture: Number.MAX_SAFE_INTEGER, reference: Number.POSITIVE_INFINITY },
    codecs: {},
    onRoom,
    commit: () => {},
    onClose: () => {},
    ...options,
  })
  const arrive = (records: Buffer, end = queue.offset) =>
    queue.take({ topic: 't', partition: 0, error: 0, end, aborted: [], records }, queue.offset, true)
  return { reader, queue, onRoom, arrive }
}

const rowsOf = (chunk: Chunk<Ticket, number> | 'end') => (chunk === 'end' ? 'end' : [...chunk.batch].map(numberOf))

/** Reads to the end: the rows, and the position after each piece. */
async function toEnd(reader: KafkaReader<Ticket>, rows = 10_000) {
  const all: number[] = []
  const positions: number[] = []
  for (let reads = 0; reads < 1000; reads++) {
    const chunk = await reader.read(limit({ rows }))
    if (chunk === 'end') return { all, positions }
    all.push(...[...chunk.batch].map(numberOf))
    positions.push(chunk.position)
  }
  throw new Error(`no end after ${positions.length} pieces`)
}

describe('a piece', () => {
  it('holds the messages of several small batches, with the position behind them and what is left', async () => {
    const { reader, arrive } = reading()
    arrive(Buffer.concat([batchOf(0, 3), batchOf(3, 5)]), 9)
    const chunk = await reader.read(limit())
    expect(rowsOf(chunk)).toEqual(numbers(0, 5))
    expect(chunk).toMatchObject({ position: 5, lag: 4, rejected: [], brokerTime: expect.any(Number) })
  })

  it.each([1, 2, 3, 7])('has %d rows at the most, wherever batches begin, and each row is in one', async (rows) => {
    const { reader, arrive } = reading({ to: 10 })
    arrive(Buffer.concat([batchOf(0, 4), batchOf(4, 5), batchOf(5, 10)]), 10)
    const { all, positions } = await toEnd(reader, rows)
    expect(all).toEqual(numbers(0, 10))
    expect(positions).toEqual(Array.from({ length: Math.ceil(10 / rows) }, (_, i) => Math.min(10, (i + 1) * rows)))
  })

  it('begins at the position in the middle of a batch, and ends before the bound in the middle of another', async () => {
    const { reader, queue, arrive } = reading({ from: 2, to: 8 })
    arrive(batchOf(0, 5), 20)
    arrive(batchOf(5, 12), 20)
    expect(await toEnd(reader)).toEqual({ all: numbers(2, 8), positions: [8] })
    expect(queue.room).toBe(0)
  })

  it('passes offsets at which there is nothing, at the bound too', async () => {
    const { reader, queue, arrive } = reading({ to: 30 })
    arrive(batchOf(0, 2), 30)
    queue.skip(10)
    arrive(batchOf(10, 12), 30)
    queue.skip(30)
    expect(await toEnd(reader)).toEqual({ all: [0, 1, 10, 11], positions: [30] })
  })

  it('hands out what the schema rejects with its offset, and counts it into the position', async () => {
    const { reader, arrive } = reading()
    arrive(recordBatch(0, [JSON.stringify(ticket(0)), 'not JSON', null, JSON.stringify(ticket(3))]))
    const chunk = await reader.read(limit())
    expect(rowsOf(chunk)).toEqual([0, 3])
    expect(chunk).toMatchObject({ position: 4, rejected: [{ offset: 1 }, { offset: 2 }] })
  })

  it('says when its bytes are free again, once its batch was read whole', async () => {
    const { reader, queue, onRoom, arrive } = reading()
    arrive(batchOf(0, 4))
    const size = queue.bytes
    await reader.read(limit({ rows: 3 }))
    expect([queue.bytes, onRoom.mock.calls.length]).toEqual([size, 0])
    await reader.read(limit({ rows: 3 }))
    expect([queue.bytes, onRoom.mock.calls.length]).toEqual([0, 1])
  })
})

describe('a reader that waits', () => {
  it('gives an empty piece after the time, at the position where it was', async () => {
    const { reader } = reading({ from: 7 })
    expect(await reader.read(limit({ ms: 20 }))).toMatchObject({ position: 7, lag: 0, rejected: [] })
  })

  it('continues as soon as something arrives, the signal aborts, or the partition fails', async () => {
    const { reader, queue, arrive } = reading()
    const hours = { ms: 3_600_000 }
    const arriving = reader.read(limit(hours))
    await sleep(1)
    arrive(batchOf(0, 2))
    expect(rowsOf(await arriving)).toEqual([0, 1])
    const stop = new AbortController()
    const aborted = reader.read(limit({ ...hours, signal: stop.signal }))
    await sleep(1)
    stop.abort()
    expect(rowsOf(await aborted)).toEqual([])
    const failing = reader.read(limit(hours))
    await sleep(1)
    queue.fail(new Error('taken away'))
    await expect(failing).rejects.toThrow('taken away')
  })

  it('does not end before its bound, and at once where it starts at it', async () => {
    const { reader } = reading({ from: 3, to: 5 })
    expect(await reader.read(limit({ ms: 5 }))).toMatchObject({ position: 3 })
    expect(await reading({ from: 5, to: 5 }).reader.read(limit())).toBe('end')
  })
})

describe('a partition that failed', () => {
  it('gives none of what was fetched before, and no end', async () => {
    const { reader, queue, arrive } = reading({ to: 2 })
    arrive(batchOf(0, 2))
    const lost = new Error('taken away')
    queue.fail(lost)
    for (let i = 0; i < 2; i++) await expect(reader.read(limit())).rejects.toBe(lost)
    const { reader: atEnd, queue: other } = reading({ from: 5, to: 5 })
    other.fail(lost)
    await expect(atEnd.read(limit())).rejects.toBe(lost)
  })

  it('is one with a batch that cannot be decoded: what stands before it is not given either, and nothing after it is', async () => {
    const squeezed = batchOf(3, 5)
    // A codec that nobody has; the checksum covers it, so it is set anew.
    squeezed.writeInt16BE(5, 21)
    squeezed.writeUInt32BE(crc32c(squeezed.subarray(21)), 17)
    const { reader, arrive } = reading({ to: 8 })
    arrive(Buffer.concat([batchOf(0, 3), squeezed, batchOf(5, 8)]))
    for (let i = 0; i < 2; i++)
      await expect(toEnd(reader)).rejects.toMatchObject({ code: 'SOURCE_FAILED', message: expect.stringContaining('codec 5') })
  })
})

describe('another thread', () => {
  /** Messages large enough for a thread, whose answers come in another order than they were asked for. */
  function threaded(fails?: (piece: number) => boolean) {
    let pieces = 0
    const workerDecoder: NonNullable<ReaderOptions<Ticket>['workerDecoder']> = async (slices, options) => {
      const piece = pieces++
      const copy = { ...slices, bytes: slices.bytes.slice() }
      const decoded = Ticket.decodeSlices(copy, options)
      await sleep(piece % 2 === 0 ? 20 : 1)
      if (fails?.(piece)) throw new Error('the thread ended')
      return decoded
    }
    const long = (from: number, to: number) =>
      recordBatch(
        from,
        numbers(from, to).map((i) => JSON.stringify({ ...ticket(i), request: 'x'.repeat(2000) })),
      )
    const { reader, arrive } = reading({ to: 400, bytes: 1 << 24, workerDecoder })
    arrive(Buffer.concat([long(0, 100), long(100, 200), long(200, 300), long(300, 400)]), 400)
    return { reader, pieces: () => pieces }
  }

  it('gives pieces in their order, one of which is begun while the one before is not yet done', async () => {
    const { reader, pieces } = threaded()
    const first = await reader.read(limit({ rows: 100 }))
    expect(rowsOf(first)).toEqual(numbers(0, 100))
    expect(pieces()).toBeGreaterThan(1)
    const { all, positions } = await toEnd(reader, 100)
    expect(all).toEqual(numbers(100, 400))
    expect(positions).toEqual([200, 300, 400])
  })

  it('that fails is an error of the piece, and no row is passed over', async () => {
    const { reader } = threaded((piece) => piece === 1)
    expect(rowsOf(await reader.read(limit({ rows: 100 })))).toEqual(numbers(0, 100))
    await expect(reader.read(limit({ rows: 100 }))).rejects.toThrow('the thread ended')
  })
})

it('hands on commits and its close', async () => {
  const [commit, onClose] = [vi.fn(), vi.fn()]
  const { reader } = reading({ commit, onClose })
  await reader.commit(5, 'log')
  await reader.close()
  expect(commit).toHaveBeenCalledWith(5, 'log')
  expect(onClose).toHaveBeenCalledOnce()
})

describe('a reader of values with schemas', () => {
  const error = new Error('the schema does not fit')
  /** Cannot read messages from offset 3 on. */
  const values = {
    check: async () => {},
    prepare: async ({ offsets, length }: Fetched) => {
      const at = offsets.subarray(0, length).findIndex((offset) => offset >= 3)
      return at < 0 ? null : { at, error }
    },
    decode: (fetched: Fetched, options: DecodeOptions) => Ticket.decodeSlices(fetched, options),
  }

  it('gives what lies before the message that it has to stop at, and fails once that is recorded', async () => {
    const { reader, arrive } = reading({ values })
    arrive(batchOf(0, 5))
    const first = await reader.read(limit())
    expect([rowsOf(first), first === 'end' || first.position]).toEqual([[0, 1, 2], 3])
    const waiting = await reader.read(limit({ ms: 5 }))
    expect([rowsOf(waiting), waiting === 'end' || waiting.position]).toEqual([[], 3])
    await reader.commit(2, 'log')
    expect(rowsOf(await reader.read(limit({ ms: 5 })))).toEqual([])
    await reader.commit(3, 'log')
    await expect(reader.read(limit())).rejects.toBe(error)
  })

  it('fails at once where nothing lies before it', async () => {
    const { reader, arrive } = reading({ values, from: 3 })
    arrive(batchOf(3, 5))
    await expect(reader.read(limit())).rejects.toBe(error)
  })

  it('gives nothing while schemas are waited for, and then the rows, from the position where it was', async () => {
    let ready = () => {}
    const prepare = () =>
      new Promise<null>((done) => {
        ready = () => done(null)
      })
    const { reader, arrive } = reading({ values: { ...values, prepare } })
    arrive(batchOf(0, 2))
    for (let i = 0; i < 2; i++) {
      const waiting = await reader.read(limit({ ms: 20 }))
      expect([rowsOf(waiting), waiting === 'end' || waiting.position]).toEqual([[], 0])
    }
    ready()
    const chunk = await reader.read(limit())
    expect([rowsOf(chunk), chunk === 'end' || chunk.position]).toEqual([[0, 1], 2])
  })

  it('stops asking when it is closed', async () => {
    const signals: AbortSignal[] = []
    const prepare = (_: Fetched, signal: AbortSignal) => {
      signals.push(signal)
      return new Promise<null>((done) => signal.addEventListener('abort', () => done(null)))
    }
    const { reader, arrive } = reading({ values: { ...values, prepare } })
    arrive(batchOf(0, 2))
    const read = reader.read(limit())
    await vi.waitFor(() => expect(signals).toHaveLength(1))
    await reader.close()
    expect(rowsOf(await read)).toEqual([0, 1])
    expect(signals[0]?.aborted).toBe(true)
  })
})
