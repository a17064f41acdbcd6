import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PartitionQueue } from './queue.ts'
import { splitBatches } from './record-batch.ts'
import { Records } from './records.ts'

interface Made {
  base: number
  /** Offset deltas of the records that are left. */
  records: number[]
  /** Delta of the last record there once was. */
  last: number
  producer?: number
  attributes?: number
  time?: number
  deltas?: number[]
  marker?: 'abort' | 'commit'
}

function varint(value: number): Buffer {
  const bytes = []
  let rest = value < 0 ? -2 * value - 1 : 2 * value
  while (rest > 127) {
    bytes.push((rest % 128) | 128)
    rest = Math.floor(rest / 128)
  }
  return Buffer.from([...bytes, rest])
}

function batch({ base, records, last, producer = -1, attributes = 0, time = 1000, deltas, marker }: Made): Buffer {
  const bodies = records.map((delta, i) => {
    const key = marker ? Buffer.from([0, 0, 0, marker === 'abort' ? 0 : 1]) : Buffer.from(`k${base + delta}`)
    const value = Buffer.from(`v${base + delta}`)
    const body = Buffer.concat([
      Buffer.from([0]),
      varint(deltas?.[i] ?? 0),
      varint(delta),
      varint(key.length),
      key,
      varint(value.length),
      value,
      varint(0),
    ])
    return Buffer.concat([varint(body.length), body])
  })
  const head = Buffer.alloc(61)
  head.writeBigInt64BE(BigInt(base), 0)
  head.writeInt8(2, 16)
  head.writeInt16BE(attributes, 21)
  head.writeInt32BE(last, 23)
  head.writeBigInt64BE(BigInt(time), 27)
  head.writeBigInt64BE(BigInt(time + 77), 35)
  head.writeBigInt64BE(BigInt(producer), 43)
  head.writeInt32BE(records.length, 57)
  const all = Buffer.concat([head, ...bodies])
  all.writeInt32BE(all.length - 12, 8)
  return all
}

const shape = (batches: ReturnType<typeof splitBatches>) => batches.map((b) => [b.bytes !== null, b.next])

describe('splitBatches', () => {
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
          for (const [i, delta] of offsets.entries()) {
            const offset = 2 ** 40 + delta
            expect(records.next()).toEqual({
              offset,
              key: Buffer.from(`k${offset}`),
              value: Buffer.from(`v${offset}`),
              timestamp: 5000 + (deltas[i] ?? 0),
            })
          }
          expect(records.next()).toBeNull()
        },
      ),
    )
  })

  it('takes the broker time where the topic says so', async () => {
    const records = await Records.open(batch({ base: 0, records: [0], last: 0, attributes: 0x08, deltas: [5] }), {})
    expect(records.next()?.timestamp).toBe(1077)
  })

  it('uses the codec it is given, and names the one that is missing', async () => {
    const plain = batch({ base: 0, records: [0], last: 0 })
    const snappy = Buffer.concat([plain.subarray(0, 61), Buffer.from('squeezed')])
    snappy.writeInt16BE(2, 21)
    const records = await Records.open(snappy, { snappy: (bytes) => (bytes.toString() === 'squeezed' ? plain.subarray(61) : bytes) })
    expect(records.next()?.offset).toBe(0)
    await expect(Records.open(snappy, {})).rejects.toMatchObject({ code: 'SOURCE_FAILED', message: expect.stringContaining('codecs: { snappy') })
  })

  it('refuses a damaged batch', async () => {
    const damaged = batch({ base: 7, records: [0], last: 0 })
    damaged.writeInt8(120, 61)
    await expect(Records.open(damaged, {}).then((r) => r.next())).rejects.toThrow(/offset 7 is damaged/)
  })
})

describe('PartitionQueue', () => {
  const answer = (records: Buffer, end: number) => ({ topic: 't', partition: 0, error: 0, end, aborted: [], records })
  const queue = (bytes = 1000) => new PartitionQueue({ topic: 't', partition: 0, from: 5, end: 20, to: undefined, bytes })

  it('passes a gap without any batch only after a fetch for it alone', () => {
    const q = queue()
    expect(q.take(answer(Buffer.alloc(0), 9), 5, false)).toBe(false)
    expect([q.offset, q.alone]).toEqual([5, true])
    expect(q.take(answer(Buffer.alloc(0), 9), 5, true)).toBe(true)
    expect([q.offset, q.alone, q.shift()?.next]).toEqual([9, false, 9])
  })

  it('drops the answer to an older question', () => {
    const q = queue()
    expect(q.take(answer(batch({ base: 5, records: [0], last: 0 }), 9), 4, true)).toBe(false)
    expect([q.offset, q.length]).toEqual([5, 0])
  })

  it('stops fetching at its bytes and goes on below half', () => {
    const one = batch({ base: 5, records: [0], last: 0 })
    const q = queue(one.length * 2)
    for (let base = 5; base < 7; base++) q.take(answer(batch({ base, records: [0], last: 0 }), 20), base, true)
    expect([q.bytes, q.room]).toEqual([one.length * 2, 0])
    const first = q.shift()
    expect(q.room).toBe(0)
    if (first) q.release(first)
    expect(q.room).toBe(one.length)
  })
})
