/**
 * Compares two decimals in the text form that rows have: a sign where it is negative, digits without leading zeros, and as many behind the point. It
 * returns a negative number where the first is smaller, and 0 where they are equal.
 *
 * @example
 * compareDecimals('9.00', '10.00') // -1
 */
export function compareDecimals(a: string, b: string): number {
  const isNegative = a.startsWith('-')
  if (isNegative !== b.startsWith('-')) return isNegative ? -1 : 1
  if (a === b) return 0
  // Of one sign and scale, the longer text has more digits before the point.
  const order = a.length - b.length || (a < b ? -1 : 1)
  return isNegative ? -Math.sign(order) : Math.sign(order)
}
