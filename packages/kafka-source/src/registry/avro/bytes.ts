import { InvalidValue } from '../invalid-value.ts'
import type { JsonOut } from '../json-out.ts'

/** A decimal of more bytes than any that a column holds is damaged. */
const MAX_BYTES = 64

/** Adds a decimal as text in quotes: a whole number of the last place as two's complement, most significant byte first. */
export function writeDecimal(out: JsonOut, bytes: Uint8Array, from: number, to: number, scale: number): void {
  if (to - from > MAX_BYTES) throw new InvalidValue(`a decimal of ${to - from} bytes, and ${MAX_BYTES} are the most`)
  let unscaled = 0n
  for (let i = from; i < to; i++) unscaled = (unscaled << 8n) | BigInt(bytes[i] as number)
  if (to > from && (bytes[from] as number) >= 128) unscaled -= 1n << BigInt(8 * (to - from))
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  const sign = unscaled < 0n ? '-' : ''
  const whole = digits.slice(0, digits.length - scale)
  out.ascii(scale === 0 ? `"${sign}${whole}"` : `"${sign}${whole}.${digits.slice(digits.length - scale)}"`)
}

/** Adds 16 bytes as a UUID in quotes. */
export function writeUuid(out: JsonOut, bytes: Uint8Array, from: number): void {
  const hex = Array.from(bytes.subarray(from, from + 16), (byte) => byte.toString(16).padStart(2, '0')).join('')
  out.ascii(`"${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}"`)
}

/**
 * Returns a decimal's text as the bytes of a whole number of the last place, the fewest that hold it.
 *
 * @param text has `scale` digits behind the point
 * @example
 * decimalBytes('-0.01') // Uint8Array [255]
 */
export function decimalBytes(text: string): Uint8Array {
  const unscaled = BigInt(text.replace('.', ''))
  const bytes: number[] = []
  let left = unscaled
  do {
    bytes.unshift(Number(BigInt.asUintN(8, left)))
    left >>= 8n
  } while (left !== 0n && left !== -1n)
  // The sign is the first bit.
  const isNegative = (bytes[0] as number) >= 128
  if (isNegative !== unscaled < 0n) bytes.unshift(unscaled < 0n ? 255 : 0)
  return Uint8Array.from(bytes)
}
