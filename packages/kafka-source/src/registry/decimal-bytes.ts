import { InvalidValue } from './invalid-value.ts'

/** A decimal of more bytes than any that a column holds is damaged. */
const MAX_BYTES = 64

/**
 * Returns the text of a decimal that is a whole number of the last place in `bytes[from, to)`, as two's complement, most significant byte first. Throws
 * `InvalidValue` for one that is too long.
 *
 * @example
 * decimalOf(Uint8Array.of(255), 0, 1, 2) // '-0.01'
 */
export function decimalOf(bytes: Uint8Array, from: number, to: number, scale: number): string {
  if (to - from > MAX_BYTES) throw new InvalidValue(`a decimal of ${to - from} bytes, and ${MAX_BYTES} are the most`)
  let unscaled = 0n
  for (let i = from; i < to; i++) unscaled = (unscaled << 8n) | BigInt(bytes[i] as number)
  if (to > from && (bytes[from] as number) >= 128) unscaled -= 1n << BigInt(8 * (to - from))
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  const sign = unscaled < 0n ? '-' : ''
  const whole = digits.slice(0, digits.length - scale)
  return scale === 0 ? `${sign}${whole}` : `${sign}${whole}.${digits.slice(digits.length - scale)}`
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
