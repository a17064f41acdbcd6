import { describe, expect, it } from 'vitest'
import { crc32c, splitBatches } from './record-batch.ts'

interface Made {
  readonly base: number
  readonly last: number
  readonly attributes?: number
  readonly producer?: number
  readonly count?: number
  /** What stands behind the header; a control record begins with its lengths, and says at its eighth byte what it is. */
  readonly payload?: Buffer
}

function batch({ base, last, attributes = 0, producer = -1, count = 1, payload = Buffer.alloc(20) }: Made): Buffer {
  const head = Buffer.alloc(61)
  head.writeBigInt64BE(BigInt(base), 0)
  head.writeInt32BE(61 - 12 + payload.length, 8)
  head.writeInt8(2, 16)
  head.writeInt16BE(attributes, 21)
  head.writeInt32BE(last - base, 23)
  head.writeBigInt64BE(BigInt(producer), 43)
  head.writeInt32BE(count, 57)
  const whole = Buffer.concat([head, payload])
  whole.writeUInt32BE(crc32c(whole.subarray(21)), 17)
  return whole
}

const marker = (type: 0 | 1) => {
  const payload = Buffer.alloc(9)
  payload.writeInt16BE(type, 7)
  return payload
}
const [TRANSACTIONAL, CONTROL] = [0x10, 0x20]
const kept = (batches: ReturnType<typeof splitBatches>) => batches.map(({ bytes, base, next }) => [bytes !== null, base, next])

describe('splitBatches', () => {
  it('keeps batches of every codec and time type, in and out of transactions', () => {
    const attributes = [0, 1, 2, 3, 4, 8, 9, TRANSACTIONAL, TRANSACTIONAL + 1, TRANSACTIONAL + 8 + 4]
    for (const one of attributes)
      expect(kept(splitBatches(batch({ base: 5, last: 7, attributes: one, producer: 3 }), 0, [])), `${one}`).toEqual([[true, 5, 8]])
    for (const one of attributes)
      expect(kept(splitBatches(batch({ base: 5, last: 7, attributes: one | CONTROL }), 0, [])), `${one}`).toEqual([[false, 5, 8]])
  })

  it('drops what compaction left empty, and tells where it ends', () => {
    expect(kept(splitBatches(batch({ base: 5, last: 9, count: 0 }), 0, []))).toEqual([[false, 5, 10]])
  })

  it('begins with the batch that holds the offset, and leaves out one that is cut off', () => {
    const records = Buffer.concat([batch({ base: 0, last: 4 }), batch({ base: 5, last: 9 }), batch({ base: 10, last: 12 })])
    expect(kept(splitBatches(records, 4, []))).toEqual([
      [true, 0, 5],
      [true, 5, 10],
      [true, 10, 13],
    ])
    expect(kept(splitBatches(records.subarray(0, -1), 5, []))).toEqual([[true, 5, 10]])
    expect(kept(splitBatches(records.subarray(0, 2 * 81 + 61), 9, []))).toEqual([[true, 5, 10]])
    expect(kept(splitBatches(records, 13, []))).toEqual([])
    expect(kept(splitBatches(batch({ base: 3, last: 3, payload: Buffer.alloc(0) }), 0, []))).toEqual([[true, 3, 4]])
  })

  it('drops the batches of an aborted transaction from its first offset to its marker, and those of no other producer', () => {
    const of = (base: number, producer: number, more: Partial<Made> = {}) => batch({ base, last: base, producer, attributes: TRANSACTIONAL, ...more })
    const end = (base: number, producer: number, type: 0 | 1) => of(base, producer, { attributes: TRANSACTIONAL | CONTROL, payload: marker(type) })
    const records = Buffer.concat([
      of(0, 1),
      end(1, 1, 1),
      of(2, 1),
      of(3, 2),
      batch({ base: 4, last: 4, producer: 1 }),
      end(5, 1, 0),
      of(6, 1),
      end(7, 2, 1),
    ])
    const aborted = [{ producerId: 1n, firstOffset: 2 }]
    expect(kept(splitBatches(records, 0, aborted)).map(([isKept]) => isKept)).toEqual([true, false, false, true, true, false, true, false])
    // Answered in any order.
    const both = [{ producerId: 2n, firstOffset: 3 }, ...aborted]
    expect(kept(splitBatches(records, 0, both)).map(([isKept]) => isKept)).toEqual([true, false, false, false, true, false, true, false])
  })

  it('refuses a batch that was damaged anywhere behind its checksum, and one of an old format', () => {
    for (const at of [21, 30, 60, 70, 80]) {
      const damaged = batch({ base: 5, last: 7 })
      damaged[at] = (damaged[at] ?? 0) ^ 1
      expect(() => splitBatches(damaged, 0, []), `${at}`).toThrow(expect.objectContaining({ code: 'SOURCE_FAILED', retryable: true }))
    }
    const old = batch({ base: 5, last: 7 })
    old.writeInt8(1, 16)
    expect(() => splitBatches(old, 0, [])).toThrow(expect.objectContaining({ code: 'SOURCE_FAILED', retryable: false }))
    // The broker sets the epoch of the leader without changing the checksum.
    const moved = batch({ base: 5, last: 7 })
    moved.writeInt32BE(9, 12)
    expect(kept(splitBatches(moved, 0, []))).toEqual([[true, 5, 8]])
  })
})
