const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const charOf = Uint8Array.from(DIGITS, (digit) => digit.charCodeAt(0))
const digitOf = new Uint8Array(128)
for (const [digit, char] of charOf.entries()) digitOf[char] = digit

/** A character holds five bits of a number, the lowest first, and whether more follow. */
const BITS = 5
const MORE = 1 << BITS
/** Characters that a number of 31 bits takes at most. */
const WIDEST = 7

const decoder = new TextDecoder('latin1', { ignoreBOM: true })
/** Grows to the longest text so far, since a snapshot writes hundreds of sets. */
let chars = new Uint8Array(1024)

/**
 * Returns whole numbers from 0 to 2^31 − 1 as text: base 64 in variable length, as in source maps but without signs. Numbers below 32 take one character.
 *
 * @example
 * compactText(Int32Array.of(0, 1, 31, 32)) // 'ABfgB'
 */
export function compactText(numbers: Int32Array): string {
  if (chars.length < numbers.length * WIDEST) chars = new Uint8Array(numbers.length * WIDEST)
  const out = chars
  let at = 0
  for (let i = 0; i < numbers.length; i++) {
    let rest = numbers[i] as number
    for (; rest >= MORE; rest >>>= BITS) out[at++] = charOf[(rest & (MORE - 1)) | MORE] as number
    out[at++] = charOf[rest] as number
  }
  return decoder.decode(out.subarray(0, at))
}

/** Returns the numbers that `compactText` wrote. */
export function numbersIn(text: string): Int32Array {
  const numbers = new Int32Array(text.length)
  let count = 0
  let shift = 0
  for (let i = 0; i < text.length; i++) {
    const digit = digitOf[text.charCodeAt(i)] as number
    numbers[count] = (numbers[count] as number) | ((digit & (MORE - 1)) << shift)
    if (digit < MORE) {
      count++
      shift = 0
    } else shift += BITS
  }
  return numbers.subarray(0, count)
}

/** Returns different numbers in ascending order as text: the first, then for each further one how many lie between it and the one before. Overwrites them. */
export function ascendingText(numbers: Int32Array): string {
  for (let i = numbers.length - 1; i > 0; i--) numbers[i] = (numbers[i] as number) - (numbers[i - 1] as number) - 1
  return compactText(numbers)
}

/** Returns the numbers that `ascendingText` wrote. */
export function ascendingIn(text: string): Int32Array {
  const numbers = numbersIn(text)
  for (let i = 1; i < numbers.length; i++) numbers[i] = (numbers[i] as number) + (numbers[i - 1] as number) + 1
  return numbers
}
