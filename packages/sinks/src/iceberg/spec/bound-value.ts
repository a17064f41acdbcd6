import type { Comparable } from '@tickets/core/arrow'
import type { IcebergType } from './metadata.ts'

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) => new DataView(buffer, byteOffset, byteLength)

/** Returns a whole number whose bytes begin with the lowest, in as many bytes as there are: a column may have been widened since. */
const whole = (bytes: Uint8Array): bigint =>
  bytes.length === 4 ? BigInt(viewOf(bytes).getInt32(0, true)) : bytes.length === 8 ? viewOf(bytes).getBigInt64(0, true) : 0n

const safe = (value: bigint): number | undefined => (Number.isSafeInteger(Number(value)) ? Number(value) : undefined)

/** Microseconds as milliseconds, down for the least value of a file and up for the greatest. */
function millis(micros: bigint, end: 'lower' | 'upper'): bigint {
  const down = micros / 1000n - (micros % 1000n < 0n ? 1n : 0n)
  return end === 'upper' && micros % 1000n !== 0n ? down + 1n : down
}

/**
 * Returns the value that a bound of a file stands for (table spec, "Binary single-value serialization"), as values of keys are compared; undefined where
 * that is not known here.
 */
export function boundValue(type: IcebergType | undefined, bytes: Uint8Array, end: 'lower' | 'upper'): Comparable | undefined {
  switch (type) {
    case 'int':
    case 'long':
    case 'date':
      return bytes.length === 4 || bytes.length === 8 ? safe(whole(bytes)) : undefined
    case 'timestamp':
    case 'timestamptz':
      return bytes.length === 8 ? safe(millis(whole(bytes), end)) : undefined
    case 'float':
    case 'double': {
      if (bytes.length !== 4 && bytes.length !== 8) return undefined
      const value = bytes.length === 4 ? viewOf(bytes).getFloat32(0, true) : viewOf(bytes).getFloat64(0, true)
      return Number.isFinite(value) ? value + 0 : undefined
    }
    case 'string':
      try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
      } catch {
        return undefined
      }
    default:
      return undefined
  }
}
