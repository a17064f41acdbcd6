import { crc32c } from './record-batch.ts'

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

function varint(value: number): Buffer {
  const bytes = []
  let rest = value < 0 ? -2 * value - 1 : 2 * value
  while (rest > 127) {
    bytes.push((rest % 128) | 128)
    rest = Math.floor(rest / 128)
  }
  return Buffer.from([...bytes, rest])
}

/** Encodes a record batch whose records have keys `k<offset>` and values `v<offset>`. */
export function batch({ base, records, last, producer = -1, attributes = 0, time = 1000, deltas, marker }: MadeBatch): Buffer {
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
  return summed(all)
}

/** Returns the batch, with the checksum of its bytes as they are now. */
function summed(all: Buffer): Buffer {
  all.writeUInt32BE(crc32c(all.subarray(21)), 17)
  return all
}
