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
