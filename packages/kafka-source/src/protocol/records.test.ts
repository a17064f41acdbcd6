import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { SliceList } from './message-slices.ts'
import { Records } from './records.ts'

interface Message {
  readonly offset: number
  readonly time: number
  readonly key: string | null
  readonly value: string | null
  readonly headers?: number
}

/** A number as Kafka writes it: zigzag, seven bits a byte. */
function varint(value: number): number[] {
  let rest = BigInt(value) >= 0n ? 2n * BigInt(value) : -2n * BigInt(value) - 1n
  const bytes: number[] = []
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  return [...bytes, Number(rest)]
}

const text = (value: string | null) => (value === null ? varint(-1) : [...varint(Buffer.byteLength(value)), ...Buffer.from(value)])

function batch(messages: readonly Message[], { base = 100, first = 1000, max = 9000, attributes = 0 } = {}): Buffer {
  const bodies = messages.flatMap(({ offset, time, key, value, headers = 0 }) => {
    const extra = Array.from({ length: headers }, () => [...varint(1), 0x68, ...varint(1), 0x76]).flat()
    const body = [0, ...varint(time - first), ...varint(offset - base), ...text(key), ...text(value), ...varint(headers), ...extra]
    return [...varint(body.length), ...body]
  })
  const head = Buffer.alloc(61)
  head.writeBigInt64BE(BigInt(base), 0)
  head.writeInt16BE(attributes, 21)
  head.writeBigInt64BE(BigInt(first), 27)
  head.writeBigInt64BE(BigInt(max), 35)
  head.writeInt32BE(messages.length, 57)
  return Buffer.concat([head, (attributes & 7) === 1 ? gzipSync(Buffer.from(bodies)) : Buffer.from(bodies)])
}

const all = { rows: 1000, bytes: 1e6 }

function read(list: SliceList) {
  const { bytes, starts, ends, limits, offsets, timestamps, keyOf, length } = list.slices()
  return Array.from({ length }, (_, i) => {
    const [start = 0, end = 0, limit = 0] = [starts[i], ends[i], limits[i]]
    const key = keyOf?.(i)
    return {
      offset: offsets?.[i],
      time: timestamps?.[i],
      key: key ? Buffer.from(key).toString() : null,
      value: end < start ? null : Buffer.from(bytes.subarray(start, end)).toString(),
      more: limit - Math.max(start, end),
    }
  })
}

async function filled(made: Buffer, from = 0, to = Number.POSITIVE_INFINITY) {
  const list = new SliceList()
  const records = await Records.open(made, {})
  const outcome = records.fill(list, from, to, all)
  return { outcome, found: read(list) }
}

const messages: Message[] = [
  { offset: 100, time: 1000, key: 'a', value: '1' },
  { offset: 101, time: 900, key: null, value: 'x'.repeat(70) },
  { offset: 104, time: 5_000_000_000_000, key: '', value: null },
  { offset: 300, time: 1064, key: 'k'.repeat(200), value: '', headers: 2 },
  { offset: 20_000, time: 1063, key: 'é', value: 'z'.repeat(20_000) },
]
const expected = messages.map(({ offset, time, key, value }) => ({ offset, time, key, value }))

describe('Records', () => {
  it.each([0, 1])('reads offsets, times, keys and values, null and empty ones, near and far (codec %i)', async (codec) => {
    const { outcome, found } = await filled(batch(messages, { attributes: codec }))
    expect(outcome).toBe('end')
    expect(found.map(({ more: _, ...message }) => message)).toEqual(expected)
    // The count of the headers, and two of four bytes.
    expect(found.map(({ more }) => more)).toEqual([1, 1, 1, 9, 1])
  })

  it('gives all messages the time of their append where the topic says so, and none where it is unknown', async () => {
    for (const attributes of [8, 9])
      expect((await filled(batch(messages, { attributes }))).found.map(({ time }) => time)).toEqual(messages.map(() => 9000))
    const unknown = await filled(batch([{ offset: 100, time: -1, key: null, value: '1' }], { first: -1 }))
    expect(unknown.found).toMatchObject([{ time: Number.NaN }])
    const zero = await filled(batch([{ offset: 100, time: 0, key: null, value: '1' }], { first: 0 }))
    expect(zero.found).toMatchObject([{ time: 0 }])
  })

  it('leaves out what is before the start, and stops at the bound', async () => {
    const { outcome, found } = await filled(batch(messages), 101, 300)
    expect(outcome).toBe('bound')
    expect(found.map(({ offset }) => offset)).toEqual([101, 104])
  })

  it('continues where it was full, by rows and by bytes, and takes one message that is too big alone', async () => {
    for (const [max, parts] of [
      [{ rows: 2, bytes: 1e6 }, [2, 2, 1]],
      // Keys and values count: 2, 70, 0, 200 and 20,002 bytes.
      [{ rows: 100, bytes: 72 }, [3, 1, 1]],
      [{ rows: 100, bytes: 71 }, [1, 2, 1, 1]],
    ] as const) {
      const records = await Records.open(batch(messages), {})
      const found: number[][] = []
      for (let outcome = 'full'; outcome === 'full'; ) {
        const list = new SliceList()
        outcome = records.fill(list, 0, Number.POSITIVE_INFINITY, max)
        found.push(read(list).map(({ offset }) => offset ?? -1))
      }
      expect(found.map(({ length }) => length)).toEqual(parts)
      expect(found.flat()).toEqual(messages.map(({ offset }) => offset))
    }
  })

  it('refuses lengths that reach beyond the message or the batch', async () => {
    const made = batch(messages.slice(0, 2))
    const list = new SliceList()
    for (const [at, byte] of [
      [61, 127],
      [61, 200],
      [61, 1],
      [65, 100],
      [67, 100],
    ] as const) {
      const broken = Buffer.from(made)
      broken[at] = byte
      const records = await Records.open(broken, {})
      expect(() => records.fill(list, 0, 1e9, all), `${at}`).toThrow(expect.objectContaining({ code: 'SOURCE_FAILED' }))
    }
  })
})
