import { compareTexts } from '@tickets/core'
import type { IcebergType } from './metadata.ts'

const DAY_MS = 86_400_000
/** A number has so many decimal digits without loss. */
const EXACT_DIGITS = 15

function integer(value: bigint, bytes: 4 | 8): Uint8Array {
  const view = new DataView(new ArrayBuffer(bytes))
  if (bytes === 4) view.setInt32(0, Number(value), true)
  else view.setBigInt64(0, value, true)
  return new Uint8Array(view.buffer)
}

/** Returns an integer in as few bytes as hold its sign, the highest first. */
function shortest(value: bigint): Uint8Array {
  const bytes: number[] = []
  for (let left = value; ; left >>= 8n) {
    const byte = Number(left & 0xffn)
    bytes.unshift(byte)
    const rest = left >> 8n
    if ((rest === 0n && byte < 0x80) || (rest === -1n && byte >= 0x80)) return Uint8Array.from(bytes)
  }
}

/** Returns whether one value of a column comes before another of the same, in the order of bounds: that of texts is the one of their bytes. */
export const isBefore = (a: unknown, b: unknown): boolean =>
  typeof a === 'string' && typeof b === 'string' ? compareTexts(a, b) < 0 : (a as number) < (b as number)

const whole = (value: unknown): bigint | null =>
  typeof value === 'bigint' ? value : typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : null

/**
 * Returns a value as Iceberg keeps single ones (table spec, "Binary single-value serialization"); null for values and types that have no exact form here:
 * bytes, and decimals of more digits than numbers have.
 */
export function boundOf(type: IcebergType, value: unknown): Uint8Array | null {
  if (typeof type !== 'string') return null
  const [, precision, scale] = /^decimal\((\d+), ?(\d+)\)$/.exec(type) ?? []
  if (precision !== undefined) {
    if (typeof value !== 'number' || Number(precision) > EXACT_DIGITS) return null
    return shortest(BigInt(Math.round(value * 10 ** Number(scale))))
  }
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean' ? Uint8Array.of(value ? 1 : 0) : null
    case 'int':
    case 'long': {
      const number = whole(value)
      return number === null ? null : integer(number, type === 'int' ? 4 : 8)
    }
    case 'date':
      if (value instanceof Date) return integer(BigInt(Math.floor(value.getTime() / DAY_MS)), 4)
      return typeof value === 'number' ? integer(BigInt(value), 4) : null
    case 'timestamptz':
      return value instanceof Date ? integer(BigInt(value.getTime()) * 1000n, 8) : null
    case 'double':
    case 'float':
      if (typeof value !== 'number' || Number.isNaN(value)) return null
      return new Uint8Array(type === 'double' ? Float64Array.of(value).buffer : Float32Array.of(value).buffer)
    case 'string':
      return typeof value === 'string' ? new TextEncoder().encode(value) : null
    default:
      return null
  }
}
