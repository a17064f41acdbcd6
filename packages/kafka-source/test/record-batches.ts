import { crc32c } from '../src/protocol/record-batch.ts'

/** A number as Kafka writes it: zigzag, seven bits a byte. */
export function varint(value: number): number[] {
  let rest = value < 0 ? -2 * value - 1 : 2 * value
  const bytes: number[] = []
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  return [...bytes, rest]
}

const text = (value: string | null): number[] => (value === null ? varint(-1) : [...varint(Buffer.byteLength(value)), ...Buffer.from(value)])

/** Headers as a record holds them. */
export const headerBytes = (headers: Readonly<Record<string, string>>): number[] => [
  ...varint(Object.keys(headers).length),
  ...Object.entries(headers).flatMap(([name, value]) => [...text(name), ...text(value)]),
]

/** One batch as a broker stores it: a record for each value, at `base` and after it, without keys. */
export function recordBatch(base: number, values: readonly (string | null)[], { time = 1000 } = {}): Buffer {
  const records = values.flatMap((value, i) => {
    const body = [0, ...varint(0), ...varint(i), ...varint(-1), ...text(value), ...varint(0)]
    return [...varint(body.length), ...body]
  })
  const head = Buffer.alloc(61)
  head.writeBigInt64BE(BigInt(base), 0)
  head.writeInt32BE(61 - 12 + records.length, 8)
  head.writeInt8(2, 16)
  head.writeInt32BE(values.length - 1, 23)
  head.writeBigInt64BE(BigInt(time), 27)
  head.writeBigInt64BE(BigInt(time), 35)
  head.writeBigInt64BE(-1n, 43)
  head.writeInt32BE(values.length, 57)
  const whole = Buffer.concat([head, Buffer.from(records)])
  whole.writeUInt32BE(crc32c(whole.subarray(21)), 17)
  return whole
}

const zigzag = (value: number) => Buffer.from(varint(value))

/** A record batch of version 2, as a broker stores it. */
export interface MadeBatch {
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

/** Encodes a record batch whose records have keys `k<offset>` and values `v<offset>`. */
export function batch({ base, records, last, producer = -1, attributes = 0, time = 1000, deltas, marker }: MadeBatch): Buffer {
  const bodies = records.map((delta, i) => {
    const key = marker ? Buffer.from([0, 0, 0, marker === 'abort' ? 0 : 1]) : Buffer.from(`k${base + delta}`)
    const value = Buffer.from(`v${base + delta}`)
    const body = Buffer.concat([
      Buffer.from([0]),
      zigzag(deltas?.[i] ?? 0),
      zigzag(delta),
      zigzag(key.length),
      key,
      zigzag(value.length),
      value,
      zigzag(0),
    ])
    return Buffer.concat([zigzag(body.length), body])
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
  return summed(all)
}

/** Returns the batch, with the checksum of its bytes as they are now. */
function summed(all: Buffer): Buffer {
  all.writeUInt32BE(crc32c(all.subarray(21)), 17)
  return all
}
