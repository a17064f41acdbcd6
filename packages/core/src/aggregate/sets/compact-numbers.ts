const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const charOf = Uint8Array.from(DIGITS, (digit) => digit.charCodeAt(0))
const digitOf = new Uint8Array(128)
for (const [value, char] of charOf.entries()) digitOf[char] = value

/** A character holds five bits of a number, the lowest first, and whether more follow. */
const BITS = 5
const MORE = 1 << BITS
/** Characters that a number of 31 bits takes at most. */
const WIDEST = 7

const decoder = new TextDecoder('latin1', { ignoreBOM: true })

/**
 * Returns whole numbers from 0 to 2^31 − 1 as text: base 64 in variable length, as in source maps but without signs. Numbers below 32 take one character.
 *
 * @example
 * compactText(Int32Array.of(0, 1, 31, 32)) // 'ABfgB'
 */
export function compactText(numbers: Int32Array): string {
  const chars = new Uint8Array(numbers.length * WIDEST)
  let at = 0
  for (let i = 0; i < numbers.length; i++) {
    let rest = numbers[i] as number
    for (; rest >= MORE; rest >>>= BITS) chars[at++] = charOf[(rest & (MORE - 1)) | MORE] as number
    chars[at++] = charOf[rest] as number
  }
  return decoder.decode(chars.subarray(0, at))
}

/** Returns the numbers that `compactText` wrote. */
export function numbersIn(text: string): Int32Array {
  const numbers = new Int32Array(text.length)
  let count = 0
  let shift = 0
  for (let i = 0; i < text.length; i++) {
    const value = digitOf[text.charCodeAt(i)] as number
    numbers[count] = (numbers[count] as number) | ((value & (MORE - 1)) << shift)
    if (value < MORE) {
      count++
      shift = 0
    } else shift += BITS
  }
  return numbers.subarray(0, count)
}
