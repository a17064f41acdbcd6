import type { Message } from '@tickets/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batch } from '../../test/record-batches.ts'
import { SliceList } from '../protocol/message-slices.ts'
import { splitBatches } from '../protocol/record-batch.ts'
import { Records } from '../protocol/records.ts'
import { PartitionQueue } from './partition-queue.ts'

const shape = (batches: ReturnType<typeof splitBatches>) => batches.map((b) => [b.bytes !== null, b.next])

describe('splitBatches', () => {
  it('refuses a batch with any one bit changed, of those that the checksum covers', () => {
    const whole = batch({ base: 5, records: [0, 1], last: 1 })
    fc.assert(
      fc.property(fc.integer({ min: 17 * 8, max: whole.length * 8 - 1 }), (bit) => {
        const damaged = Buffer.from(whole)
        damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        expect(() => splitBatches(damaged, 5, [])).toThrow(expect.objectContaining({ code: 'SOURCE_FAILED', retryable: true }))
      }),
    )
    expect(splitBatches(whole, 5, [])).toHaveLength(1)
  })

  it('passes gaps by the batch: removed records, an emptied batch, one before the offset, one cut off', () => {
    const bytes = Buffer.concat([
      batch({ base: 0, records: [0], last: 4 }),
      batch({ base: 5, records: [1, 2], last: 4 }),
      batch({ base: 10, records: [], last: 4 }),
      batch({ base: 15, records: [0], last: 0 }),
    ])
    expect(shape(splitBatches(bytes, 5, []))).toEqual([
      [true, 10],
      [false, 15],
      [true, 16],
    ])
    expect(shape(splitBatches(bytes.subarray(0, -1), 5, []))).toEqual([
      [true, 10],
      [false, 15],
    ])
  })

  it('drops aborted batches of each producer up to its marker, however many began before the offset', () => {
    const tx = 0x10
    const marker = 0x30
    const bytes = Buffer.concat([
      batch({ base: 10, records: [0], last: 0, producer: 2, attributes: tx }),
      batch({ base: 11, records: [0], last: 0, producer: 3, attributes: tx }),
      batch({ base: 12, records: [0], last: 0, producer: 2 }),
      batch({ base: 13, records: [0], last: 0, producer: 2, attributes: marker, marker: 'abort' }),
      batch({ base: 14, records: [0], last: 0, producer: 2, attributes: tx }),
      batch({ base: 15, records: [0], last: 0, producer: 2, attributes: marker, marker: 'commit' }),
    ])
    const aborted = [
      { producerId: 2n, firstOffset: 8 },
      { producerId: 1n, firstOffset: 5 },
    ]
    expect(shape(splitBatches(bytes, 10, aborted))).toEqual([
      [false, 11],
      [true, 12],
      [true, 13],
      [false, 14],
      [true, 15],
      [false, 16],
    ])
  })

  it('refuses the old message format by name', () => {
    const old = batch({ base: 0, records: [0], last: 0 })
    old.writeInt8(1, 16)
    expect(() => splitBatches(old, 0, [])).toThrow(/before Kafka 0\.11/)
  })
})

/** The messages of a batch, as objects. */
function messagesOf(...all: Records[]): Message[] {
  const list = new SliceList()
  for (const records of all) expect(records.fill(list, 0, Number.POSITIVE_INFINITY, { rows: 1e6, bytes: 1e9 })).toBe('end')
  const { bytes, starts, ends, offsets, timestamps, keyOf } = list.slices()
  return Array.from({ length: list.length }, (_, i) => {
    const [start = 0, end = 0] = [starts[i], ends[i]]
    const key = keyOf?.(i)
    return {
      offset: offsets[i] ?? -1,
      timestamp: timestamps?.[i] ?? -1,
      key: key ? Buffer.from(key) : null,
      value: end < start ? null : Buffer.from(bytes.subarray(start, end)),
    }
  })
}

describe('Records', () => {
  it('reads offsets, keys, values and times of any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 5_000_000 }), { maxLength: 8 }),
        fc.array(fc.integer({ min: -1000, max: 2 ** 45 }), { minLength: 8, maxLength: 8 }),
        async (gaps, deltas) => {
          let at = 0
          const offsets = gaps.map((gap) => {
            at += gap + 1
            return at
          })
          const records = await Records.open(batch({ base: 2 ** 40, records: offsets, last: at, time: 5000, deltas }), {})
          const more = await Records.open(batch({ base: 2 ** 41, records: [0, 1], last: 1, time: 5000, deltas: [0, 0] }), {})
          const message = (offset: number, delta = 0) => ({
            offset,
            key: Buffer.from(`k${offset}`),
            value: Buffer.from(`v${offset}`),
            timestamp: delta < -5000 ? Number.NaN : 5000 + delta,
          })
          const expected = [...offsets.map((at, i) => message(2 ** 40 + at, deltas[i])), message(2 ** 41), message(2 ** 41 + 1)]
          expect(messagesOf(records, more)).toEqual(expected)
        },
      ),
    )
  })

  it('takes the broker time where the topic says so', async () => {
    const records = await Records.open(batch({ base: 0, records: [0], last: 0, attributes: 0x08, deltas: [5] }), {})
    expect(messagesOf(records)[0]?.timestamp).toBe(1077)
  })

  it('uses the codec it is given, and says which one nobody knows', async () => {
    const plain = batch({ base: 0, records: [0], last: 0 })
    const snappy = Buffer.concat([plain.subarray(0, 61), Buffer.from('squeezed')])
    snappy.writeInt16BE(2, 21)
    const records = await Records.open(snappy, { snappy: (bytes) => (bytes.toString() === 'squeezed' ? plain.subarray(61) : bytes) })
    expect(messagesOf(records)[0]?.offset).toBe(0)
    snappy.writeInt16BE(6, 21)
    await expect(Records.open(snappy, {})).rejects.toMatchObject({ code: 'SOURCE_FAILED', message: expect.stringContaining('codec 6') })
  })

  it('refuses a damaged batch', async () => {
    const damaged = batch({ base: 7, records: [0], last: 0 })
    damaged.writeInt8(120, 61)
    await expect(Records.open(damaged, {}).then(messagesOf)).rejects.toThrow(/offset 7 is damaged/)
    const tooLong = batch({ base: 7, records: [0], last: 0 })
    tooLong.writeInt8(60, 65)
    await expect(Records.open(tooLong, {}).then(messagesOf)).rejects.toThrow(/offset 7 is damaged/)
  })

  it('stops where the limits say, and continues there', async () => {
    const records = await Records.open(batch({ base: 10, records: [0, 1, 2, 3, 4], last: 4 }), {})
    const list = new SliceList()
    const offsetsTaken = () => Array.from(list.slices().offsets.subarray(0, list.length))
    expect(records.fill(list, 11, 14, { rows: 2, bytes: 100 })).toBe('full')
    expect([offsetsTaken(), list.last, list.size]).toEqual([[11, 12], 12, 12])
    list.clear()
    expect(records.fill(list, 13, 20, { rows: 9, bytes: 1 })).toBe('full')
    expect(offsetsTaken()).toEqual([13])
    list.clear()
    expect(records.fill(list, 14, 14, { rows: 9, bytes: 99 })).toBe('bound')
    expect(records.fill(list, 14, 15, { rows: 9, bytes: 99 })).toBe('end')
    expect(offsetsTaken()).toEqual([14])
  })
})

describe('PartitionQueue', () => {
  const answer = (records: Buffer, end: number) => ({ topic: 't', partition: 0, error: 0, end, aborted: [], records })
  const queue = (bytes = 1000) => new PartitionQueue({ topic: 't', partition: 0, from: 5, end: 20, to: undefined, bytes })

  it('moves past nothing for an empty answer, however often it comes', () => {
    const q = queue()
    expect(q.take(answer(Buffer.alloc(0), 9), 5, false, 0)).toBe(false)
    expect([q.offset, q.emptyAnswers?.count]).toEqual([5, 0])
    for (let now = 1000; now < 20_000; now += 1000) {
      expect(q.take(answer(Buffer.alloc(0), 9 + now), 5, true, now)).toBe(false)
      expect(q.emptyAnswers?.askAt).toBeGreaterThan(now)
    }
    expect([q.offset, q.length, q.emptyAnswers?.count, q.emptyAnswers?.end]).toEqual([5, 0, 19, 1009])
    expect(q.take(answer(batch({ base: 5, records: [0], last: 0 }), 9), 5, true)).toBe(true)
    expect([q.offset, q.emptyAnswers]).toEqual([6, null])
  })

  it('begins anew after bytes without a whole batch, which prove nothing', () => {
    const q = queue()
    q.take(answer(Buffer.alloc(0), 9), 5, true)
    q.take(answer(Buffer.alloc(7), 9), 5, true)
    expect([q.offset, q.emptyAnswers?.count]).toEqual([5, 1])
  })

  it('counts the offsets that batches or a proof skip', () => {
    const skipped: number[] = []
    const q = new PartitionQueue({ topic: 't', partition: 0, from: 5, end: 20, to: undefined, bytes: 1000, onSkip: (n) => skipped.push(n) })
    q.take(answer(Buffer.concat([batch({ base: 7, records: [0], last: 0 }), batch({ base: 8, records: [1], last: 3 })]), 20), 5, true)
    expect([q.offset, skipped]).toEqual([12, [2]])
    q.skip(20)
    expect([q.offset, skipped]).toEqual([20, [2, 8]])
    q.skip(3)
    q.skip(20)
    expect([q.offset, q.length]).toEqual([20, 3])
  })

  it('drops the answer to an older question', () => {
    const q = queue()
    expect(q.take(answer(batch({ base: 5, records: [0], last: 0 }), 9), 4, true)).toBe(false)
    expect([q.offset, q.length]).toEqual([5, 0])
  })

  it('stops fetching at its bytes and continues below half', () => {
    const one = batch({ base: 5, records: [0], last: 0 })
    const q = queue(one.length * 2)
    for (let base = 5; base < 7; base++) q.take(answer(batch({ base, records: [0], last: 0 }), 20), base, true)
    expect([q.bytes, q.room]).toEqual([one.length * 2, 0])
    const first = q.shift()
    expect(q.room).toBe(0)
    if (first) q.release(first)
    expect(q.room).toBe(one.length)
  })

  it('stays full until half of it is read, also where a batch was larger than it', () => {
    const size = batch({ base: 5, records: [0], last: 0 }).length
    const q = queue(3 * size - 1)
    for (let base = 5; base < 8; base++) q.take(answer(batch({ base, records: [0], last: 0 }), 20), base, true)
    expect([q.bytes, q.room]).toEqual([3 * size, 0])
    const rooms: number[] = []
    for (let next = q.shift(); next; next = q.shift()) {
      q.release(next)
      rooms.push(q.room)
    }
    expect(rooms).toEqual([0, 2 * size - 1, 3 * size - 1])
  })

  it('has no room at its bound or after it, and after a failure', () => {
    const q = new PartitionQueue({ topic: 't', partition: 0, from: 5, end: 20, to: 7, bytes: 1000 })
    q.take(answer(batch({ base: 5, records: [0], last: 0 }), 20), 5, true)
    expect(q.room).toBeGreaterThan(0)
    q.take(answer(batch({ base: 6, records: [0], last: 3 }), 20), 6, true)
    expect([q.offset, q.room]).toEqual([10, 0])
    const failed = queue()
    failed.fail(new Error('no'))
    expect(failed.room).toBe(0)
  })

  it('knows the end of the partition, which is never before what it holds', () => {
    const q = queue()
    q.take(answer(Buffer.alloc(0), 3), 5, true)
    expect([q.end, q.emptyAnswers]).toEqual([5, null])
    q.take(answer(Buffer.alloc(0), 5), 5, true)
    expect([q.end, q.emptyAnswers]).toEqual([5, null])
    q.take(answer(Buffer.alloc(0), 6), 5, true)
    expect([q.end, q.emptyAnswers?.count]).toEqual([6, 1])
  })

  it('hands out its batches in order, and tells each time that some came', () => {
    const q = queue()
    let told = 0
    q.onChange = () => void told++
    q.take(answer(Buffer.concat([batch({ base: 5, records: [0], last: 0 }), batch({ base: 6, records: [0], last: 2 })]), 20), 5, true)
    q.take(answer(Buffer.alloc(0), 20), 9, true)
    expect([told, q.length, q.offset]).toEqual([1, 2, 9])
    expect([q.peek()?.next, q.shift()?.next, q.peek()?.next, q.shift()?.next, q.peek(), q.shift()]).toEqual([6, 6, 9, 9, undefined, undefined])
    q.skip(12)
    expect([told, q.offset, q.emptyAnswers, q.shift()?.next]).toEqual([2, 12, null, 12])
  })

  it('is no longer failing once an answer is read, though nothing comes', () => {
    const q = queue()
    for (const records of [batch({ base: 5, records: [0], last: 0 }), Buffer.alloc(0)]) {
      q.failingSince = 7
      q.take(answer(records, 9), q.offset, true)
      expect(q.failingSince).toBeNull()
    }
    q.failingSince = 7
    expect(() => q.take(answer(Buffer.alloc(70), 9), q.offset, true)).toThrow()
    expect(q.failingSince).toBe(7)
  })

  it('counts empty answers anew after anything else that was said', () => {
    const q = queue()
    for (let turn = 0; turn < 2; turn++) {
      for (let n = 0; n < 3; n++) q.take(answer(Buffer.alloc(0), 9), 5, true, n)
      expect(q.emptyAnswers?.count).toBe(3)
      q.interrupt()
      expect(q.emptyAnswers).toBeNull()
    }
  })

  it('keeps its first failure, gives its bytes up, and takes nothing more', () => {
    const q = queue()
    q.take(answer(batch({ base: 5, records: [0], last: 0 }), 20), 5, true)
    let told = 0
    q.onChange = () => void told++
    const first = new Error('first')
    for (const error of [first, new Error('second')]) q.fail(error)
    expect([q.failure, told, q.length, q.bytes]).toEqual([first, 1, 0, 0])
    expect(q.take(answer(batch({ base: 6, records: [0], last: 0 }), 20), 6, true)).toBe(false)
    q.skip(20)
    expect([q.offset, q.length, told]).toEqual([6, 0, 1])
  })
})
