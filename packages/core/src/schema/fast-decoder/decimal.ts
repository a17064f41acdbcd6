import type { DecimalStore } from '../../store/decimals.ts'
import { asciiText, scanNumber } from './number.ts'
import { QUOTE, type Read, UNSURE } from './read.ts'

/** Numbers of at most so many digits of the last place are exact in a double. */
const EXACT = 15
/** Longer numbers, in bytes, are left to JSON.parse. */
const LONGEST = 1000
const POINT = 0x2e
const MINUS = 0x2d

/** Returns a reader of numbers, plain or in quotes, as `decimal()` accepts them. */
export function decimalReader(store: DecimalStore): Read {
  const { precision, scale } = store
  return (bytes, _, at, end, row) => {
    const isText = at < end && bytes[at] === QUOTE
    const start = isText ? at + 1 : at
    const stop = scanNumber(bytes, start, end)
    if (stop === UNSURE || stop - start > LONGEST || (isText && (stop >= end || bytes[stop] !== QUOTE))) return UNSURE
    const next = isText ? stop + 1 : stop
    const isNegative = bytes[start] === MINUS
    let unscaled = 0
    let digits = 0
    let fraction = -1
    for (let i = isNegative ? start + 1 : start; i < stop; i++) {
      const digit = (bytes[i] as number) - 0x30
      if (digit >= 0 && digit <= 9) {
        unscaled = unscaled * 10 + digit
        digits++
        if (fraction >= 0) fraction++
      } else if (bytes[i] === POINT) fraction = 0
      else digits = Number.POSITIVE_INFINITY
    }
    const zeros = scale - Math.max(fraction, 0)
    if (zeros >= 0 && digits + zeros <= EXACT && digits + zeros <= precision) {
      for (let k = 0; k < zeros; k++) unscaled *= 10
      store.put(row, isNegative ? 0 - unscaled : unscaled)
      return next
    }
    return store.set(row, asciiText(bytes, start, stop)) ? next : UNSURE
  }
}
